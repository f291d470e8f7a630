import type { End } from "./victim.ts";

/** What was counted while processes were killed. */
export interface Tally {
  /** A process ended like this. */
  killed(end: End): void;
  /** It took so long from opening to the first answer, ms. */
  recovered(tookMs: number): void;
  readonly kills: number;
  /** The points at which at least one was killed. */
  readonly points: ReadonlySet<string>;
  /** 99th percentile of the recoveries, ms. */
  readonly p99Ms: number;
  /** All of it in a line. */
  readonly summary: string;
}

export function createTally(): Tally {
  const times: number[] = [];
  const points = new Set<string>();
  let kills = 0;
  let atPoints = 0;
  const p99 = (): number => {
    const sorted = times.toSorted((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  };
  return {
    killed(end) {
      kills += 1;
      if (!("failPoint" in end)) return;
      atPoints += 1;
      points.add(end.failPoint.split(":")[0] ?? "");
    },
    recovered(tookMs) {
      times.push(tookMs);
    },
    get kills() {
      return kills;
    },
    points,
    get p99Ms() {
      return p99();
    },
    get summary() {
      return `${String(kills)} kills, ${String(atPoints)} of them at ${String(points.size)} points; recovery p99 ${p99().toFixed(0)} ms, longest ${Math.max(0, ...times).toFixed(0)} ms of ${String(times.length)}`;
    },
  };
}
