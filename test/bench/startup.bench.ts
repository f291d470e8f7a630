/** Start-up on a log of a million events: log, hub and views in a fresh process, up to the first snapshot and an old task. Bars: 1 s and 150 MB. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "./peers/contest.ts";
import { longLog, OLD_TASK } from "./peers/longLog.ts";
import { compare } from "./report.ts";

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

for (const [name, events] of [
  ["startup-1e4", 10_000],
  ["startup-1e6", 1_000_000],
] as const) {
  const file = longLog(events);
  const starts = Array.from({ length: RUNS }, () => startOn(file));
  compare({
    bench: `${name}/1s`,
    ours: median(starts.map(({ ms }) => ms)),
    theirs: BAR_MS,
    unit: "ms",
    atMost: 1,
  });
  compare({
    bench: `${name}-memory/150MB`,
    ours: median(starts.map(({ rssMb }) => rssMb)),
    theirs: BAR_MB,
    unit: "MB",
    atMost: 1,
  });
}
