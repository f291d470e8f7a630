import type { Surroundings } from "../hub/monitoring/monitor.ts";
import type { Views } from "./views.ts";

/** Outcomes that count as a team's success. */
const WELL: ReadonlySet<string> = new Set([
  "merged",
  "accepted",
  "answered",
  "branchLeft",
]);

/** Missions that are looked at: those the log keeps lines of. */
const NEWEST = 200;

/** The newest 200 missions by how they stand. */
export function missionCounts(
  views: Pick<Views, "lines">,
): ReturnType<NonNullable<Surroundings["missions"]>> {
  const counts = {
    running: 0,
    waiting: 0,
    stalled: 0,
    closed: 0,
    endedWell: 0,
  };
  for (const { status, outcome } of views.lines(NEWEST)) {
    counts[status] += 1;
    if (outcome !== null && WELL.has(outcome.kind)) counts.endedWell += 1;
  }
  return counts;
}
