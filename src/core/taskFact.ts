import type { TaskState } from "../protocol/a2a.ts";
import type { Recorded } from "../protocol/event.ts";

/** What is known of a task without reading all its events. */
export interface TaskFact {
  readonly id: string;
  readonly contextId: string;
  /** Who works on it now. */
  readonly agentId: string;
  /** How it was addressed: the id of an agent, or a route such as `role:developer`. */
  readonly to: string;
  /** Who gave it. */
  readonly from: string;
  /** How often it went from one agent to another. */
  readonly takeovers: number;
  readonly state: TaskState;
  /** Place and time of the event that opened it. */
  readonly openedSeq: number;
  readonly openedAt: number;
  /** Place and time of the last change of state. */
  readonly statusSeq: number;
  readonly statusAt: number;
}

/** The task an event is a part of; undefined where it is of none. */
export function taskOf(
  event: Pick<Recorded, "type" | "data">,
): string | undefined {
  const { type, data } = event as Recorded;
  switch (type) {
    case "TaskSubmitted":
    case "TaskStatusChanged":
    case "TaskArtifactAdded":
    case "TaskReassigned":
      return data.taskId;
    case "MessageSent":
      return data.message.taskId;
    default:
      return undefined;
  }
}

/** The fact after an event of its task; undefined as long as the task was not opened. */
export function evolveTask(
  fact: TaskFact | undefined,
  event: Recorded,
): TaskFact | undefined {
  switch (event.type) {
    case "TaskSubmitted":
      return (
        fact ?? {
          id: event.data.taskId,
          contextId: event.data.contextId,
          agentId: event.data.agentId,
          to: event.data.to ?? event.data.agentId,
          from: event.data.from,
          takeovers: 0,
          state: "TASK_STATE_SUBMITTED",
          openedSeq: event.seq,
          openedAt: event.at,
          statusSeq: event.seq,
          statusAt: event.at,
        }
      );
    case "TaskStatusChanged":
      return (
        fact && {
          ...fact,
          state: event.data.status.state,
          statusSeq: event.seq,
          statusAt: event.at,
        }
      );
    case "TaskReassigned":
      return (
        fact && {
          ...fact,
          agentId: event.data.to,
          takeovers: fact.takeovers + 1,
        }
      );
    default:
      return fact;
  }
}
