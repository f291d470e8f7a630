import type { Surroundings } from "../hub/monitoring/monitor.ts";
import type { Views } from "./views.ts";

/** Outcomes that count as a team's success. */
const WELL: ReadonlySet<string> = new Set([
  "merged",
  "accepted",
  "answered",
  "branchLeft",
]);

/** Missions of the whole log by how they stand. */
export function missionCounts(
  views: Pick<Views, "all">,
): ReturnType<NonNullable<Surroundings["missions"]>> {
  const counts = {
    running: 0,
    waiting: 0,
    stalled: 0,
    closed: 0,
    endedWell: 0,
  };
  for (const view of views.all()) {
    const { status, outcome } = view.line();
    counts[status] += 1;
    if (outcome !== null && WELL.has(outcome.kind)) counts.endedWell += 1;
  }
  return counts;
}
