import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

/** What came of many seeds. */
export interface Report {
  seeds: number;
  /** How many of them were run a second time. */
  twice: number;
  readonly failed: {
    readonly seed: number;
    readonly problems: readonly string[];
  }[];
  /** Figures of all seeds, added up. */
  readonly totals: Record<string, number>;
  /** Longest simulated time from the end of the trouble until nothing new came, ms. */
  longestMs: number;
  cpuMs: number;
}

/** The command that shows what happens in a seed, line by line. */
export function replayOf(seed: number): string {
  return `node test/reliability/peering/simulationChild.ts --tell --first=${String(seed)}`;
}

const run = promisify(execFile);
const PROCESSES = 2;

/** Runs seeds from `first` on in two processes, until the first seed that fails. */
export async function runSeeds(first: number, count: number): Promise<Report> {
  const script = path.join(import.meta.dirname, "simulationChild.ts");
  const over = new AbortController();
  const reports = await Promise.all(
    Array.from({ length: PROCESSES }, async (_, n) => {
      const share = Math.floor((count + PROCESSES - 1 - n) / PROCESSES);
      const args = [
        script,
        `--first=${String(first + n)}`,
        `--stride=${String(PROCESSES)}`,
        `--count=${String(share)}`,
      ];
      try {
        const { stdout } = await run(process.execPath, args, over);
        const report = JSON.parse(stdout) as Report;
        if (report.failed.length > 0) over.abort();
        return [report];
      } catch (error) {
        // Another process has found one that fails; that is enough.
        if (over.signal.aborted) return [];
        throw error;
      }
    }),
  );
  return reports.flat().reduce(merged);
}

function merged(a: Report, b: Report): Report {
  const names = new Set([...Object.keys(a.totals), ...Object.keys(b.totals)]);
  return {
    seeds: a.seeds + b.seeds,
    twice: a.twice + b.twice,
    failed: [...a.failed, ...b.failed],
    totals: Object.fromEntries(
      [...names].map((name) => [
        name,
        (a.totals[name] ?? 0) + (b.totals[name] ?? 0),
      ]),
    ),
    longestMs: Math.max(a.longestMs, b.longestMs),
    cpuMs: a.cpuMs + b.cpuMs,
  };
}
