/**
 * Everything decisions and reviews are measured by: `npm run bench:consensus -- --panel FILE [--seed N] [jury|panel|vulnerabilities|cost]…`.
 * One JSON line per measure on standard output, everything else on standard error. Ends with 1 when a bar is missed or a measure could not
 * be taken: what was not measured never looks like a bar that was met.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { inRoot, root } from "../../rig/project.ts";
import { juryFigures, juryMisses } from "./jury.ts";

const MEASURES = ["jury", "panel", "vulnerabilities", "cost"] as const;
type Measure = (typeof MEASURES)[number];

/** Says what was measured; numbers to four places. */
function say(measure: string, figures: object): void {
  const line = JSON.stringify(
    { measure, ...figures },
    (_key, value: unknown) =>
      typeof value === "number" ? Number(value.toFixed(4)) : value,
  );
  process.stdout.write(`${line}\n`);
}

/** Tells why a measure failed; the whole ends with 1. */
function fail(measure: Measure, why: string): void {
  console.error(`MISSED: ${measure}: ${why}.`);
  process.exitCode = 1;
}

function jury(seed: number): void {
  const figures = juryFigures(seed);
  const { rows, formulas, worstError, forged, cloneTrapByAgreement, ...rest } =
    figures;
  say("jury.exact", { seed, worstError, rows, formulas });
  say("jury.grid", { held: rest.grid, unheld: rest.lattice });
  say("jury.skewed", rest.skewed);
  say("jury.cloneTrap", {
    ...rest.cloneTrap,
    byAgreement: cloneTrapByAgreement,
  });
  say("jury.turncoat", rest.turncoat);
  say("jury.forged", { forged });
  say("jury.vetoes", rest.vetoes);
  for (const why of juryMisses(figures)) fail("jury", why);
}

/** Runs a bench of its own and passes its figures on under the measure's name. */
async function bench(
  measure: Measure,
  file: string,
  args: readonly string[] = [],
): Promise<void> {
  const child = spawn(process.execPath, [inRoot(file), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) {
      console.error(line);
      continue;
    }
    lines += 1;
    say(measure, JSON.parse(line) as object);
  }
  const [code] = (await ended) as [number | null];
  if (code === 1) fail(measure, "a bar was missed, as said above");
  else if (code !== 0 || lines === 0)
    fail(measure, "NOT MEASURED, as said above");
}

async function run(
  measure: Measure,
  { seed, panel }: { readonly seed: number; readonly panel?: string },
): Promise<void> {
  console.error(`\n${measure}`);
  switch (measure) {
    case "jury":
      jury(seed);
      return;
    case "panel":
      if (panel === undefined)
        fail(measure, "NOT MEASURED: name a file of reviews with --panel FILE");
      else await bench(measure, "test/bench/consensus/panel.ts", [panel]);
      return;
    case "vulnerabilities":
      await bench(measure, "test/bench/consensus/vulnerabilities.bench.ts");
      return;
    case "cost":
      await bench(measure, "test/bench/consensus/cost.ts");
      return;
  }
}

const { values, positionals } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    panel: { type: "string" },
  },
  allowPositionals: true,
});
const seed = Number(values.seed);
const wanted = MEASURES.filter(
  (measure) => positionals.length === 0 || positionals.includes(measure),
);
const unknown = positionals.filter(
  (name) => !MEASURES.some((measure) => measure === name),
);
if (!Number.isSafeInteger(seed) || unknown.length > 0) {
  console.error(
    `Usage: npm run bench:consensus -- --panel FILE [--seed N] [${MEASURES.join("|")}]…`,
  );
  process.exitCode = 2;
} else
  for (const measure of wanted)
    await run(measure, {
      seed,
      ...(values.panel !== undefined && { panel: values.panel }),
    });
