/** Start-up on a log of a million events: log, hub and views in a fresh process, up to the first snapshot and an old task. Bars: 1 s and 150 MB. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { longLog, OLD_TASK } from "./peers/longLog.ts";

const RUNS = 5;
const BAR_MS = 1000;
const BAR_MB = 150;

interface Start {
  readonly ms: number;
  readonly rssMb: number;
}

function startOn(file: string): Start {
  const child = fileURLToPath(import.meta.resolve("./peers/startupChild.ts"));
  const printed = execFileSync(process.execPath, [child, file, OLD_TASK], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  console.error(printed.trim());
  return JSON.parse(printed) as Start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

for (const [name, events] of [
  ["startup-1e4", 10_000],
  ["startup-1e6", 1_000_000],
] as const) {
  const file = longLog(events);
  const starts = Array.from({ length: RUNS }, () => startOn(file));
  const ms = Math.round(median(starts.map((start) => start.ms)));
  const rssMb = Math.round(median(starts.map((start) => start.rssMb)));
  process.stdout.write(`${JSON.stringify({ bench: name, ms, rssMb })}\n`);
  if (ms <= BAR_MS && rssMb <= BAR_MB) continue;
  console.error(
    `MISSED: ${name} should take at most ${String(BAR_MS)} ms and ${String(BAR_MB)} MB.`,
  );
  process.exitCode = 1;
}
