import type { EventLog } from "../../ports.ts";
import {
  HUB_STREAM,
  type DataOf,
  type Draft,
  type Recorded,
} from "../../protocol/event.ts";
import { evolveTask, hasEnded, type CrossTask } from "./crossTask.ts";

const PAGE = 1000;

/** The tasks of the log, and the only way to add to what is known of one. */
export interface TaskBook {
  all(): readonly CrossTask[];
  get(taskId: string): CrossTask | undefined;
  /** On disk when it resolves. */
  asked(data: DataOf<"PeerTaskAsked">, by: string): Promise<void>;
  answered(data: DataOf<"PeerTaskAnswered">): Promise<void>;
  /** Does nothing when the task has ended otherwise. `key`: the same move is recorded once. */
  moved(data: DataOf<"PeerTaskMoved">, key?: string): Promise<void>;
  /** Whether a move of that key is recorded. */
  has(taskId: string, key: string): boolean;
}

/** Reads what is in the log; `changed` is called after each addition. */
export function openBook(log: EventLog, changed: () => void): TaskBook {
  const tasks = new Map<string, CrossTask>();

  const fold = (event: Recorded): void => {
    if (
      event.type !== "PeerTaskAsked" &&
      event.type !== "PeerTaskAnswered" &&
      event.type !== "PeerTaskMoved"
    )
      return;
    const { taskId } = event.data;
    const task = evolveTask(tasks.get(taskId), event);
    if (task !== undefined) tasks.set(taskId, task);
  };

  for (let after = 0; ;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: ["PeerTaskAsked", "PeerTaskAnswered", "PeerTaskMoved"],
      after,
      limit: PAGE,
    });
    for (const event of page) {
      fold(event);
      after = event.seq;
    }
    if (page.length === 0) break;
  }

  const add = async (draft: Draft): Promise<void> => {
    const [event] = await log.appendAll([draft]);
    if (event !== undefined) fold(event);
    changed();
  };
  const keyOf = (taskId: string, key: string): string =>
    `peerTask:${taskId}:${key}`;

  return {
    all: () => [...tasks.values()],
    get: (taskId) => tasks.get(taskId),
    has: (taskId, key) =>
      log.find(HUB_STREAM, keyOf(taskId, key)) !== undefined,
    asked: (data, by) =>
      add({
        missionId: HUB_STREAM,
        type: "PeerTaskAsked",
        data,
        by,
        key: keyOf(data.taskId, "asked"),
      }),
    answered: (data) =>
      add({
        missionId: HUB_STREAM,
        type: "PeerTaskAnswered",
        data,
        by: data.by,
        key: keyOf(data.taskId, "answered"),
      }),
    async moved(data, key) {
      const task = tasks.get(data.taskId);
      if (task === undefined) return;
      if (hasEnded(task) && task.state !== data.state) return;
      await add({
        missionId: HUB_STREAM,
        type: "PeerTaskMoved",
        data,
        by: "hub",
        ...(key !== undefined && { key: keyOf(data.taskId, key) }),
      });
    },
  };
}
