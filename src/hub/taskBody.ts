import type {
  Artifact,
  Message,
  Part,
  Task,
  TaskStatus,
} from "../protocol/a2a.ts";
import type { Recorded } from "../protocol/event.ts";

/** A task as folded so far. Only `apply` changes it; chunks are pushed, never copied, so that folding is linear in their number. */
export interface TaskBody {
  status: TaskStatus;
  /** Counts what a stream of the task has shown, from 1: a gap means a missed update. */
  generation: number;
  readonly artifacts: Map<string, { artifact: Artifact; parts: Part[] }>;
  readonly history: Message[];
}

/** ISO 8601 UTC of a time in ms since 1970. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** The body a task starts with. */
export function startBody(
  message: Message,
  at: number,
  ids: { readonly taskId: string; readonly contextId: string },
): TaskBody {
  return {
    status: { state: "TASK_STATE_SUBMITTED", timestamp: isoTime(at) },
    generation: 1,
    artifacts: new Map(),
    history: [{ ...message, ...ids }],
  };
}

/** Folds one later event of the same task into the body; other events change nothing. */
export function applyToBody(body: TaskBody, event: Recorded): void {
  switch (event.type) {
    case "TaskStatusChanged": {
      // Words of a past state stay readable as part of the conversation.
      if (body.status.message !== undefined)
        body.history.push(body.status.message);
      body.status = event.data.status;
      body.generation += 1;
      return;
    }
    case "TaskArtifactAdded": {
      const { artifact, append } = event.data;
      const known = body.artifacts.get(artifact.artifactId);
      if (append && known !== undefined) known.parts.push(...artifact.parts);
      else
        body.artifacts.set(artifact.artifactId, {
          artifact,
          parts: [...artifact.parts],
        });
      body.generation += 1;
      return;
    }
    case "MessageSent":
      body.history.push(event.data.message);
      return;
    default:
  }
}

/** The task as A2A shows it: a snapshot that later events do not touch. */
export function toTask(
  ids: {
    readonly id: string;
    readonly contextId: string;
    readonly agentId: string;
  },
  body: TaskBody,
): Task {
  return {
    id: ids.id,
    contextId: ids.contextId,
    status: body.status,
    artifacts: [...body.artifacts.values()].map(({ artifact, parts }) => ({
      ...artifact,
      parts: [...parts],
    })),
    history: [...body.history],
    metadata: { generation: body.generation, agentId: ids.agentId },
  };
}
