// Reviews pairs of published npm versions with the program as it ships: steps that bring a known vulnerability back, and ordinary ones.
// npm run bench:vulnerabilities -- [--part development|heldOut|fresh] [--only NAME]… [--in-process] [--reverse] [--reveal] [--cache DIR]
// One line of JSON on standard output, what was found and missed on standard error. Of the held-out and fresh parts only totals are said, unless
// --reveal is given: whoever tunes a tool must not see it. Ends with 1 when a bar is missed, with 2 when it could not measure.
import { parseArgs } from "node:util";
import { inRoot, runNode } from "../../rig/project.ts";
import {
  defaultCache,
  vulnerabilityFigures,
  type Seen,
} from "./vulnerabilities/figures.ts";
import { PARTS } from "./vulnerabilities/pairs.ts";
import { reviewInProcess, type Found } from "./vulnerabilities/reviewStep.ts";
import {
  isHigh,
  kindOf,
  looksForWeaknesses,
  securityFindings,
} from "./vulnerabilities/scoring.ts";

/** The bars: recall by file over all pairs, High findings per ordinary pair. */
const RECALL = 0.6;
const HIGH_PER_PAIR = 0.5;
/** With fewer pairs than this in either set, a whole run says nothing. */
const FEWEST = 40;

const { values } = parseArgs({
  options: {
    part: { type: "string" },
    // What it was called while there were two.
    half: { type: "string" },
    only: { type: "string", multiple: true },
    "in-process": { type: "boolean", default: false },
    reverse: { type: "boolean", default: false },
    reveal: { type: "boolean", default: false },
    cache: { type: "string", default: defaultCache() },
  },
});
const { only, reverse, reveal, cache } = values;
const wanted = values.part ?? values.half;
const part = PARTS.find((name) => name === wanted);
if (wanted !== part) throw new Error(`--part is ${PARTS.join(", ")}.`);

const inProcess = values["in-process"];
const startedAt = performance.now();
if (!inProcess) await build();
const figures = await vulnerabilityFigures({
  cache,
  reverse,
  ...(part !== undefined && { part }),
  ...(only !== undefined && { only }),
  ...(inProcess && { review: reviewInProcess }),
  onPair: (seen) => {
    if (reveal || only !== undefined || seen.part === "development") tell(seen);
  },
});
const seconds = Math.round((performance.now() - startedAt) / 1000);
process.stdout.write(
  `${JSON.stringify({ bench: "vulnerabilities", ...figures, seconds })}\n`,
);
judge();

/** Standard output is for the figures. */
async function build(): Promise<void> {
  const { code, output } = await runNode([inRoot("test", "rig", "build.ts")]);
  process.stderr.write(output);
  if (code !== 0) throw new Error("The program could not be built.");
}

function tell({ step, pair, score, reviewed, trouble }: Seen): void {
  if (trouble !== null) {
    const how = trouble.unavailable ? "NOT FETCHED" : "FAILED";
    console.error(`${how} ${step}: ${trouble.why}`);
    return;
  }
  const what = pair === null ? "ordinary" : pair.class;
  console.error(`${verdictOf(score, pair !== null)} ${step} (${what})`);
  for (const { tool, summary } of reviewed?.silent ?? [])
    if (looksForWeaknesses(tool)) console.error(`    ? ${tool}: ${summary}`);
  for (const found of worthTelling(reviewed?.found ?? []).slice(0, 12))
    console.error(
      `    ${found.severity} ${found.path}:${String(found.line)} ${kindOf(found)}: ${found.claim.slice(0, 110)}`,
    );
}

/** What the figures are made of: what speaks of security, and everything that is High. */
function worthTelling(found: readonly Found[]): readonly Found[] {
  const security = securityFindings(found);
  return found.filter((one) => security.includes(one) || isHigh(one));
}

function verdictOf(score: Seen["score"], isVulnerable: boolean): string {
  if (!isVulnerable) return "      ";
  if (score?.named === true) return "FOUND ";
  if (score?.line === true) return "LINE  ";
  return score?.file === true ? "FILE  " : "MISSED";
}

function judge(): void {
  const { all, ordinary, unavailable, failed } = figures;
  for (const one of unavailable) console.error(`Not fetched: ${one}`);
  for (const one of failed) console.error(`No review: ${one}`);
  const whole = part === undefined && only === undefined && !reverse;
  const tooFew =
    whole && (all.pairs < FEWEST || ordinary.pairs < FEWEST)
      ? `Only ${String(all.pairs)} and ${String(ordinary.pairs)} pairs could be looked at`
      : all.pairs + ordinary.pairs === 0
        ? "Not one pair could be looked at"
        : undefined;
  if (tooFew !== undefined) {
    console.error(
      `COULD NOT RUN: ${tooFew}. Nothing was measured. Check the connection to the npm registry, and that tar and git are installed.`,
    );
    process.exitCode = 2;
    return;
  }
  if (reverse) return;
  bar(
    all.file === null || all.file >= RECALL,
    `recall by file ${String(all.file)}, should be at least ${String(RECALL)}`,
  );
  bar(
    (ordinary.highPerPair ?? 0) <= HIGH_PER_PAIR,
    `${String(ordinary.highPerPair)} High findings per ordinary pair, should be at most ${String(HIGH_PER_PAIR)}`,
  );
  bar(failed.length === 0, `${String(failed.length)} reviews failed`);
}

function bar(met: boolean, words: string): void {
  if (met) return;
  console.error(`MISSED: ${words}.`);
  process.exitCode = 1;
}
