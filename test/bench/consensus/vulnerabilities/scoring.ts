/** When a finding counts as the vulnerability. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../rig/project.ts";
import type { VulnerablePair } from "./pairs.ts";
import type { Found } from "./reviewStep.ts";

/** How well one pair was found; each step is harder than the one before. */
export interface Score {
  /** A security finding of medium severity or above is in a file the fix changed. */
  readonly file: boolean;
  /** One of them is at most {@link NEAR_LINES} lines from the weakness, or in the changed hunk that holds it. */
  readonly line: boolean;
  /** One of those says what is wrong: its rule has the name of the pair's class. */
  readonly named: boolean;
}

/** Lines a finding may lie from the weakness. */
const NEAR_LINES = 5;

/** Tools whose findings are about other things than weaknesses of code. */
const NO_SECURITY: ReadonlySet<string> = new Set([
  "advisories",
  "checks",
  "churn",
  "conflictMarkers",
  "dependencies",
  "eslint",
  "missingTests",
  "secretFormats",
  "secrets",
  "size",
  "types",
]);

/** Whether the tool of that name looks for weaknesses of code. */
export function looksForWeaknesses(tool: string): boolean {
  return !NO_SECURITY.has(tool);
}

/** Findings that say that code can be attacked, of medium severity or above. */
export function securityFindings(found: readonly Found[]): readonly Found[] {
  return found.filter(
    ({ severity, raisedBy }) =>
      severity !== "low" &&
      raisedBy.some((by) => looksForWeaknesses(by.replace(/^tool:/u, ""))),
  );
}

/** Bad enough to block a change. */
export function isHigh({ severity }: Found): boolean {
  return severity === "high" || severity === "critical";
}

/** What a finding says is wrong: its rule, or the tool where that has only one. */
export function kindOf({ rule, raisedBy }: Found): string {
  return rule ?? (raisedBy[0] ?? "").replace(/^tool:/u, "");
}

/** Scores the findings on a pair whose repository is at `repository`. Rejects when the weakness is not where the pair says. */
export async function scoreOf(
  pair: VulnerablePair,
  repository: string,
  found: readonly Found[],
): Promise<Score> {
  const inFiles = securityFindings(found).filter((finding) =>
    pair.files.includes(finding.path),
  );
  const near = new Map<string, (line: number) => boolean>();
  for (const file of pair.files)
    near.set(file, await nearWeakness(pair, repository, file));
  const onLine = inFiles.filter((finding) =>
    near.get(finding.path)?.(finding.line),
  );
  return {
    file: inFiles.length > 0,
    line: onLine.length > 0,
    named: onLine.some((finding) => kindOf(finding) === pair.class),
  };
}

/** How loud the tools are in the files of a pair whatever is done to them: the fix itself is reviewed, where there is no weakness to be near. */
export function loudOn(pair: VulnerablePair, found: readonly Found[]): Score {
  const inFiles = securityFindings(found).filter((finding) =>
    pair.files.includes(finding.path),
  );
  return {
    file: inFiles.length > 0,
    line: inFiles.some(isHigh),
    named: inFiles.some((finding) => kindOf(finding) === pair.class),
  };
}

async function nearWeakness(
  pair: VulnerablePair,
  repository: string,
  file: string,
): Promise<(line: number) => boolean> {
  const sink = new RegExp(pair.sink, "u");
  const text = await readFile(path.join(repository, file), "utf8");
  const sinks = text
    .split("\n")
    .flatMap((line, index) => (sink.test(line) ? [index + 1] : []));
  if (sinks.length === 0)
    throw new Error(`${pair.name}: ${pair.sink} is nowhere in ${file}`);
  const hunks = (await hunksOf(repository, file)).filter(([from, to]) =>
    sinks.some((line) => line >= from && line <= to),
  );
  return (line) =>
    sinks.some((at) => Math.abs(at - line) <= NEAR_LINES) ||
    hunks.some(([from, to]) => line >= from && line <= to);
}

/** Changed hunks of a file as first and last line in the head; a hunk that only takes away has the lines around it. */
async function hunksOf(
  repository: string,
  file: string,
): Promise<readonly (readonly [number, number])[]> {
  const { output } = await run(
    "git",
    [
      "diff",
      "-U1",
      "--no-color",
      "--no-ext-diff",
      "HEAD~1",
      "HEAD",
      "--",
      file,
    ],
    { cwd: repository },
  );
  return [...output.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gmu)].map(
    ([, from = "0", lines = "1"]) =>
      [Number(from), Number(from) + Number(lines) - 1] as const,
  );
}
