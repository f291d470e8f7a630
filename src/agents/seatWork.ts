import type { EventLog } from "../ports.ts";
import type { Message } from "../protocol/a2a.ts";
import type { Execute } from "../protocol/hub.ts";
import { WORK_MEDIA_TYPE, Work } from "../protocol/work.ts";

/** What a task asks for: work of the line, a question of anyone else, or nothing an agent can act on. */
export type Request =
  | { readonly kind: "work"; readonly work: Work }
  | { readonly kind: "chat"; readonly text: string }
  | { readonly kind: "unusable"; readonly why: string };

/**
 * Reads a task's message. Work names folders and may allow writing in them, so it is taken from the hub's own line only, as the log
 * tells it; from anyone else only the text counts.
 */
export function readRequest(
  { taskId, contextId, message }: Execute,
  log: EventLog,
): Request {
  const part = message.parts.find(
    ({ mediaType }) => mediaType === WORK_MEDIA_TYPE,
  );
  if (part !== undefined && isOurs(log, contextId, taskId, message)) {
    const work = Work.safeParse(part.data);
    if (!work.success)
      return {
        kind: "unusable",
        why: `The work cannot be read: ${work.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}.`,
      };
    return work.data.missionId === contextId
      ? { kind: "work", work: work.data }
      : { kind: "unusable", why: "The work belongs to another mission." };
  }
  const text = textOf(message);
  return text === ""
    ? { kind: "unusable", why: "The message holds no text to answer." }
    : { kind: "chat", text };
}

/** Whether a teammate's hub asked for the task. Its tasks are on disk before an agent gets them. */
export function isOfPeer(
  { taskId }: Pick<Execute, "taskId">,
  log: Pick<EventLog, "task">,
): boolean {
  return log.task(taskId)?.from.startsWith("peer:") === true;
}

/** A question from outside as work: read-only, and nothing but an answer comes of it. With `guest` the agent has no tool besides. */
export function chatWork(
  execute: Pick<Execute, "taskId" | "contextId">,
  text: string,
  root: string,
  guest?: "voice",
): Work {
  return {
    kind: "resolve",
    missionId: execute.contextId,
    key: execute.taskId,
    goal: text,
    attempt: 1,
    root,
    writable: false,
    findings: [],
    remarks: [],
    ...(guest && { guest }),
  };
}

/** Whether the hub itself opened the task with this very message; anyone may send another one into the task. */
function isOurs(
  log: EventLog,
  contextId: string,
  taskId: string,
  { messageId }: Message,
): boolean {
  return log
    .mission(contextId)
    .some(
      ({ type, data }) =>
        type === "TaskSubmitted" &&
        data.taskId === taskId &&
        data.from === "hub" &&
        data.message.messageId === messageId,
    );
}

function textOf(message: Message): string {
  return message.parts
    .flatMap(({ text }) => (text === undefined ? [] : [text]))
    .join("\n")
    .trim();
}
