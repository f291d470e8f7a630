/** What is not taken from a peer, and what a person here cannot accept. */
import { RoundtableError } from "../../core/errors.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { PeerTaskId } from "../../protocol/peers.ts";
import {
  hasEnded,
  MAX_BYTES_PER_DAY,
  MAX_OPEN,
  takenToday,
  type CrossTask,
} from "./crossTask.ts";
import type { Desk } from "./ports.ts";

/** Why a task is not even put before a person; `ignored`: there is nobody to tell, or it was told already. */
export function refusal(
  { table, book, self }: Desk,
  hubId: string,
  { taskId }: PeerBodyOf<"taskAsked">,
): string | undefined {
  const peer = table.peers().find((one) => one.hubId === hubId);
  if (peer?.scopes.includes("task") !== true) return "ignored";
  if (!PeerTaskId.safeParse(taskId).success) return "ignored";
  const room = table
    .rooms()
    .find(
      ({ kind, members }) =>
        kind === "pair" && members.some((member) => member.hubId === hubId),
    );
  const isTold = room
    ?.said()
    .some(
      ({ envelope: { body, origin } }) =>
        origin === self && body.kind === "taskTold" && body.taskId === taskId,
    );
  if (isTold === true) return "ignored";
  const open = book
    .all()
    .filter((task) => task.direction === "asked" && task.hubId === hubId)
    .filter((task) => !hasEnded(task));
  return open.length >= MAX_OPEN
    ? `${String(open.length)} tasks of yours have not ended there; more are not taken.`
    : undefined;
}

/** Throws when the task cannot be begun now. */
export function refuseToAccept(desk: Desk, { hubId, bundle }: CrossTask): void {
  if (desk.stopped())
    throw new RoundtableError(
      "stopped",
      "Everything is stopped.",
      "Nothing was begun. Release the stop first, then accept.",
    );
  const today = takenToday(desk.book.all(), hubId, desk.clock.now());
  if (today + bundle.bytes > MAX_BYTES_PER_DAY)
    throw new RoundtableError(
      "peer-refused",
      `With its ${String(Math.ceil(bundle.bytes / 1_000_000))} MB, more than ${String(MAX_BYTES_PER_DAY / 1_000_000)} MB would be taken from that hub today.`,
      "Nothing was begun. Accept it tomorrow, or refuse it.",
    );
}

/** What who answers a task gets that waits for no answer. */
export function notWaiting(
  taskId: string,
  task: CrossTask | undefined,
): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    task === undefined
      ? `No task ${taskId} is known here.`
      : task.direction === "given"
        ? "That task is yours: the person at the other hub answers it."
        : `That task does not wait for an answer: it is ${task.state}.`,
    "Nothing was changed. `roundtable peers` lists the tasks.",
  );
}
