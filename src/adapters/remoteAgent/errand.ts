import type { RpcPeer } from "../../core/rpcPeer.ts";
import type { Clock } from "../../ports.ts";
import type {
  Artifact,
  Message,
  StreamResponse,
  Task,
  TaskStatus,
} from "../../protocol/a2a.ts";
import type { Execute } from "../../protocol/hub.ts";
import type { Client } from "./client.ts";
import { troubled } from "./http.ts";

/** First and longest time between two looks at a task whose stream broke, ms. */
const LOOK_MS = { first: 500, most: 10_000 };
/** Looks that may fail in a row. */
const MAX_FAILED_LOOKS = 5;

const SETTLED: ReadonlySet<TaskStatus["state"]> = new Set([
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_AUTH_REQUIRED",
]);

/** What is known at the other end of the hub's task. */
export interface There {
  taskId: string | undefined;
  contextId: string | undefined;
}

/** Has one message of a task acted on elsewhere, and tells the hub what becomes of it. Resolves once the task has ended or needs the client; rejects with `remote-agent-failed`. */
export async function runErrand(
  parts: {
    readonly client: Client;
    readonly peer: RpcPeer;
    readonly clock: Clock;
  },
  { taskId, contextId, message }: Execute,
  there: There,
  signal: AbortSignal,
): Promise<void> {
  const { client, peer, clock } = parts;
  let settled = false;

  const isSettled = (): boolean => settled;

  function tellStatus({ state, message: words }: TaskStatus): void {
    if (settled) return;
    settled = SETTLED.has(state);
    const said =
      words === undefined
        ? {}
        : {
            message: {
              messageId: words.messageId,
              taskId,
              contextId,
              role: "ROLE_AGENT",
              parts: words.parts,
            },
          };
    peer.notify("task/status", {
      taskId,
      contextId,
      status: { state, ...said },
    });
  }

  function tellArtifact(artifact: Artifact, append: boolean): void {
    if (settled) return;
    const { artifactId, name, description, parts: pieces } = artifact;
    const kept = { artifactId, name, description, parts: pieces };
    peer.notify("task/artifact", { taskId, artifact: kept, append });
  }

  /** A task as a whole says everything again; an artifact replaces what was there. */
  function takeTask(task: Task): void {
    there.taskId = task.id;
    there.contextId = task.contextId;
    for (const artifact of task.artifacts ?? []) tellArtifact(artifact, false);
    if (task.status.state !== "TASK_STATE_SUBMITTED") tellStatus(task.status);
  }

  function take(item: StreamResponse): void {
    if (item.task !== undefined) takeTask(item.task);
    else if (item.statusUpdate !== undefined) {
      there.taskId = item.statusUpdate.taskId;
      there.contextId = item.statusUpdate.contextId;
      tellStatus(item.statusUpdate.status);
    } else if (item.artifactUpdate !== undefined) {
      there.taskId = item.artifactUpdate.taskId;
      const { artifact, append = false } = item.artifactUpdate;
      tellArtifact(artifact, append);
    } else if (item.message !== undefined) {
      // An answer without a task is the whole result.
      const { messageId, parts: said } = item.message;
      tellArtifact({ artifactId: messageId, parts: said }, false);
      tellStatus({ state: "TASK_STATE_COMPLETED" });
    }
  }

  /** Only the end is told: what a task says as a whole would be said again with every look. */
  async function look(id: string): Promise<void> {
    let wait = LOOK_MS.first;
    let failed = 0;
    for (;;) {
      await clock.after(wait, signal);
      wait = Math.min(wait * 2, LOOK_MS.most);
      try {
        const task = await client.get(id, signal);
        failed = 0;
        if (!SETTLED.has(task.status.state)) continue;
        takeTask(task);
        return;
      } catch (error) {
        signal.throwIfAborted();
        failed += 1;
        if (failed >= MAX_FAILED_LOOKS) throw error;
      }
    }
  }

  const first: Message = {
    // The same words of the hub are the same message there, after a restart too.
    messageId: `${taskId}.${message.messageId}`.slice(0, 256),
    role: "ROLE_USER",
    parts: message.parts,
    ...(there.contextId === undefined ? {} : { contextId: there.contextId }),
    ...(there.taskId === undefined ? {} : { taskId: there.taskId }),
  };
  try {
    for await (const item of client.send(first, signal)) {
      take(item);
      if (isSettled()) return;
    }
  } catch (error) {
    signal.throwIfAborted();
    // What it began can still be looked at.
    if (there.taskId === undefined) throw error;
  }
  if (there.taskId === undefined)
    throw troubled(
      "ended its answer before it said anything",
      "The task was not done there.",
    );
  await look(there.taskId);
}
