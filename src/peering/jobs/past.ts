import type { EventLog, Hash } from "../../ports.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { JobShown } from "../../protocol/jobs.ts";
import { readKept } from "../rooms/kept.ts";
import { showJob } from "./show.ts";

/** Jobs of before that are still told of. */
const MAX_PAST = 50;

/** Ids of jobs whose rooms were closed and left, oldest first. */
export function pastJobs(log: EventLog): readonly string[] {
  const jobs = new Set<string>();
  const left: string[] = [];
  for (let after = 0; ;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: ["RoomJoined", "RoomLeft"],
      after,
    });
    for (const event of page) {
      after = event.seq;
      const { type, data } = event;
      if (type === "RoomJoined" && data.kind === "job") jobs.add(data.room);
      if (type === "RoomLeft" && jobs.has(data.room)) left.push(data.room);
    }
    if (page.length === 0) return left.slice(-MAX_PAST);
  }
}

/** A job as the log has it; undefined where there is none of that name. */
export function pastJob(
  log: EventLog,
  hash: Hash,
  id: string,
): JobShown | undefined {
  const { said, refused } = readKept(log, hash, id, 0);
  return showJob({
    id,
    said: () =>
      said
        .filter((sealed) => !refused.has(sealed.hash))
        .toSorted(
          ({ envelope: a }, { envelope: b }) =>
            (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0) ||
            a.seq - b.seq,
        ),
    coordinator: () => undefined,
  });
}
