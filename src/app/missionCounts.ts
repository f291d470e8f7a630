import type { Surroundings } from "../hub/monitoring/monitor.ts";
import type { EventLog } from "../ports.ts";
import type { Views } from "./views.ts";

/** Outcomes that count as a team's success. */
const WELL: ReadonlySet<string> = new Set([
  "merged",
  "accepted",
  "answered",
  "branchLeft",
]);

/** All missions of the log by how they stand, without reading those that ended. */
export function missionCounts(
  views: Pick<Views, "open">,
  log: Pick<EventLog, "missionCounts">,
): ReturnType<NonNullable<Surroundings["missions"]>> {
  const { open, closed } = log.missionCounts();
  const counts = { running: 0, waiting: 0, stalled: open };
  for (const view of views.open()) {
    counts[view.line().status === "waiting" ? "waiting" : "running"] += 1;
    counts.stalled -= 1;
  }
  const ends = Object.entries(closed);
  const sum = (some: typeof ends): number =>
    some.reduce((total, [, count]) => total + count, 0);
  return {
    ...counts,
    closed: sum(ends),
    endedWell: sum(ends.filter(([kind]) => WELL.has(kind))),
  };
}
