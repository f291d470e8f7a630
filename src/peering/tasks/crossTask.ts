/** Work on a repository that crosses hubs, as the log tells it. */
import type { PeerTaskLine } from "../../protocol/peers.ts";
import type { BlobRef } from "../../protocol/peer.ts";
import type { DataOf, Recorded } from "../../protocol/event.ts";

/** Open tasks of one peer at a time, either way. */
export const MAX_OPEN = 3;
/** Bytes of files that are taken from one peer in a day of UTC. */
export const MAX_BYTES_PER_DAY = 50_000_000;
/** How long a result waits here to be fetched, ms. */
export const KEEP_RESULT_MS = 7 * 86_400_000;

const DAY_MS = 86_400_000;

/** How far it is. Given work goes through `sent`, what the other hub tells, and `fetching`; asked work through `waiting`, `accepted`, `running`. The rest is its end. */
export type TaskState =
  | "sent"
  | "waiting"
  | "accepted"
  | "running"
  | "fetching"
  | "done"
  | "refused"
  | "failed"
  | "canceled";

const STATES: ReadonlySet<string> = new Set<TaskState>([
  "sent",
  "waiting",
  "accepted",
  "running",
  "fetching",
  "done",
  "refused",
  "failed",
  "canceled",
]);

/** One task, from either side. */
export interface CrossTask {
  readonly taskId: string;
  /** `given`: this hub asked; `asked`: the other one did. */
  readonly direction: "given" | "asked";
  readonly hubId: string;
  readonly title: string;
  readonly intent: string;
  /** Of given work. */
  readonly repo: string;
  readonly base: string;
  readonly commit: string;
  readonly bundle: BlobRef;
  readonly checks: readonly (readonly string[])[];
  readonly state: TaskState;
  readonly note: string;
  readonly branch?: string;
  readonly result?: string;
  readonly patch?: BlobRef;
  /** Empty where a review could not be opened. */
  readonly missionId?: string;
  readonly microUsd?: number;
  readonly at: number;
  readonly movedAt: number;
  /** When bytes began to come for it. */
  readonly takenAt?: number;
  /** Its last event. */
  readonly seq: number;
}

/** Whether nothing more will be done about it. */
export function hasEnded({ state }: CrossTask): boolean {
  return (
    state === "done" ||
    state === "refused" ||
    state === "failed" ||
    state === "canceled"
  );
}

/** The task after one more event about it. An end is for good: what comes later only adds to it. */
export function evolveTask(
  task: CrossTask | undefined,
  event: Recorded,
): CrossTask | undefined {
  if (task !== undefined && event.seq <= task.seq) return task;
  const { seq, at } = event;
  switch (event.type) {
    case "PeerTaskAsked":
      return task ?? opened(event.data, seq, at);
    case "PeerTaskAnswered":
      if (task?.state !== "waiting") return task;
      return event.data.accepted
        ? {
            ...task,
            state: "accepted",
            note: "It was accepted.",
            takenAt: at,
            movedAt: at,
            seq,
          }
        : {
            ...task,
            state: "refused",
            note: "The person there refused it.",
            movedAt: at,
            seq,
          };
    case "PeerTaskMoved":
      return task && moved(task, event.data, seq, at);
    default:
      return task;
  }
}

function opened(
  data: DataOf<"PeerTaskAsked">,
  seq: number,
  at: number,
): CrossTask | undefined {
  const { taskId, hubId, title, intent, repo, base, commit, bundle } = data;
  if (commit === undefined || bundle === undefined) return undefined;
  return {
    ...{ taskId, hubId, title, intent, commit, bundle, seq, at },
    direction: repo === undefined ? "asked" : "given",
    repo: repo ?? "",
    base: base ?? "",
    checks: data.checks ?? [],
    state: repo === undefined ? "waiting" : "sent",
    note:
      repo === undefined
        ? "A person here decides; nothing runs before."
        : "On its way; the person there decides.",
    movedAt: at,
  };
}

function moved(
  task: CrossTask,
  data: DataOf<"PeerTaskMoved">,
  seq: number,
  at: number,
): CrossTask {
  const { state, note, branch, commit, patch, missionId, microUsd } = data;
  if (!isState(state) || (hasEnded(task) && state !== task.state)) return task;
  return {
    ...task,
    ...{ state, note, seq, movedAt: at },
    ...(branch !== undefined && { branch }),
    ...(commit !== undefined && { result: commit }),
    ...(patch !== undefined && { patch }),
    ...(missionId !== undefined && { missionId }),
    ...(microUsd !== undefined && { microUsd }),
    ...(state === "fetching" && { takenAt: at }),
  };
}

function isState(state: string): state is TaskState {
  return STATES.has(state);
}

/** Bytes of files that were taken from a peer on the day of UTC that `now` is in. */
export function takenToday(
  tasks: readonly CrossTask[],
  hubId: string,
  now: number,
): number {
  return tasks
    .filter(
      (task) =>
        task.hubId === hubId &&
        task.takenAt !== undefined &&
        Math.floor(task.takenAt / DAY_MS) === Math.floor(now / DAY_MS),
    )
    .reduce(
      (sum, { direction, bundle, patch }) =>
        sum + (direction === "asked" ? bundle.bytes : (patch?.bytes ?? 0)),
      0,
    );
}

/** A task as people see it. */
export function lineOf(task: CrossTask, name: string): PeerTaskLine {
  const { taskId, direction, hubId, title, intent, state, note, at } = task;
  const { branch, missionId = "" } = task;
  return {
    ...{ taskId, direction, hubId, name, title, intent, state, note, at },
    ...(branch !== undefined && { branch }),
    ...(missionId !== "" && { missionId }),
  };
}
