import {
  foldJob,
  jobState,
  type JobView,
  type PartView,
} from "../../core/peering/job.ts";
import { nameOf } from "../../core/peering/jobText.ts";
import type { JobShown } from "../../protocol/jobs.ts";
import type { RoomLine } from "../../protocol/peers.ts";
import type { Room } from "../rooms.ts";

/** A job as people see it; undefined before its room's opening is known. */
export function showJob(
  room: Pick<Room, "id" | "said" | "coordinator">,
): JobShown | undefined {
  const job = foldJob(room.said());
  if (job === undefined) return undefined;
  const office = room.coordinator();
  return {
    room: room.id,
    goal: job.goal,
    state: jobState(job),
    done: job.done !== undefined,
    members: [...job.members],
    ...(office !== undefined && {
      coordinator: { ...office, name: nameOf(job, office.hubId) },
    }),
    parts: job.parts.map((part) => showPart(job, part)),
    ...(job.done !== undefined && { text: job.done.text }),
  };
}

function showPart(job: JobView, part: PartView): JobShown["parts"][number] {
  const { partId, goal, given, result } = part;
  if (result !== undefined)
    return {
      partId,
      goal,
      state: result.ok ? "done" : "failed",
      hub: nameOf(job, result.hub),
      agent: result.agentId,
      text: result.text,
    };
  const last = given
    .toSorted((a, b) => a.term - b.term || a.seq - b.seq)
    .at(-1);
  if (last === undefined) return { partId, goal, state: "waiting" };
  const { hub, agent } = last;
  return { partId, goal, state: "given", hub: nameOf(job, hub), agent };
}

/** The room of a job among all rooms; undefined before its opening is known. */
export function roomLine(
  room: Room,
  isHere: (hubId: string) => boolean,
): RoomLine | undefined {
  const job = showJob(room);
  return (
    job && {
      room: room.id,
      kind: "job",
      title: job.goal,
      home: room.home,
      members: job.members.map(({ hubId, name }) => ({
        hubId,
        name,
        here: isHere(hubId),
      })),
      ...(job.coordinator && { coordinator: job.coordinator }),
      state: job.state,
    }
  );
}
