import type { Clock, EventLog } from "../ports.ts";
import type { TaskStatus } from "../protocol/a2a.ts";
import type { Draft } from "../protocol/event.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { isTerminal } from "./tasks.ts";
import { isoTime } from "./taskBody.ts";

/** How facts about tasks get into the log. */
export interface Facts {
  /** Resolves once the fact is stored and the tasks show it. */
  readonly append: (draft: Draft) => Promise<void>;
  /** A change of state as a fact, stamped with the hub's time. Of all ends of a task the log keeps the first. */
  readonly statusDraft: (
    record: TaskRecord,
    status: TaskStatus,
    by: string,
  ) => Draft;
}

/** Makes the way into the log for facts about tasks. */
export function createFacts(log: EventLog, clock: Clock, tasks: Tasks): Facts {
  return {
    async append(draft) {
      await log.appendAll([draft]);
      tasks.catchUp();
    },
    statusDraft: (record, status, by) => ({
      missionId: record.contextId,
      type: "TaskStatusChanged",
      data: {
        taskId: record.id,
        status: { ...status, timestamp: isoTime(clock.now()) },
      },
      by,
      ...(isTerminal(status.state) ? { key: `end:${record.id}` } : {}),
    }),
  };
}
