import { RpcClosed, RpcFault } from "../core/rpcPeer.ts";
import type {
  Message,
  StreamResponse,
  Task,
  TaskStatus,
} from "../protocol/a2a.ts";
import { isTerminal } from "./tasks.ts";

const MAX_TEXT = 2000;
const CODE = /^[a-z][a-z-]{0,63}$/;

/** Why a task did not end well. `code` is a short lower-case name. */
export interface Failure {
  readonly code: string;
  readonly text: string;
}

/** Why the tasks of an agent fail that left. */
export const GONE: Failure = {
  code: "agent-missing",
  text: "The agent went away before it finished.",
};

/** Whether a failure is held against the agent: one with a reason of its own (no key, no money, stopped) is not. */
export function isAgentsFault({ code }: Failure): boolean {
  return code === "task-failed" || code === GONE.code;
}

/** The code in a record of data, if it looks like one. */
function codeIn(data: unknown): string | undefined {
  const code =
    data !== null && typeof data === "object" && "code" in data
      ? data.code
      : undefined;
  return typeof code === "string" && CODE.test(code) ? code : undefined;
}

/** What went wrong when `task/execute` was refused or the agent went away. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RpcClosed) return GONE;
  if (error instanceof RpcFault)
    return {
      code: codeIn(error.data) ?? "task-failed",
      text: error.message.slice(0, MAX_TEXT),
    };
  return { code: "task-failed", text: "The hub could not reach the agent." };
}

/** A message of the hub about a task, with the code where {@link readFailure} finds it. */
export function failureMessage(
  ids: { readonly taskId: string; readonly contextId: string },
  { code, text }: Failure,
): Message {
  return {
    messageId: `${ids.taskId}-end`,
    ...ids,
    role: "ROLE_AGENT",
    parts: [{ text: text === "" ? "It did not say why." : text }],
    metadata: { code },
  };
}

const UNSAID: Readonly<Partial<Record<TaskStatus["state"], Failure>>> = {
  TASK_STATE_CANCELED: { code: "stopped", text: "The task was canceled." },
  TASK_STATE_REJECTED: {
    code: "task-failed",
    text: "The agent did not take the task.",
  },
};

/** Reads why a task failed, was rejected or canceled. */
export function readFailure(status: TaskStatus): Failure {
  const unsaid = UNSAID[status.state] ?? {
    code: "task-failed",
    text: "The agent could not finish the task.",
  };
  const text = (status.message?.parts ?? [])
    .flatMap((part) => (part.text === undefined ? [] : [part.text]))
    .join("\n");
  return {
    code: codeIn(status.message?.metadata) ?? unsaid.code,
    text: text === "" ? unsaid.text : text,
  };
}

/** The status as somebody outside may see it: why an agent failed is for the log and the human, a stranger gets a sentence with the code. */
export function veil(status: TaskStatus): TaskStatus {
  if (
    status.state !== "TASK_STATE_FAILED" &&
    status.state !== "TASK_STATE_REJECTED"
  )
    return status;
  const { code } = readFailure(status);
  const text =
    status.state === "TASK_STATE_FAILED"
      ? `The agent could not finish this task (${code}).`
      : `The agent did not take this task (${code}).`;
  const { message } = status;
  if (message === undefined) return status;
  return {
    ...status,
    message: { ...message, parts: [{ text }], metadata: { code } },
  };
}

/** {@link veil} for a whole task. */
export function veilTask(task: Task): Task {
  return isTerminal(task.status.state)
    ? { ...task, status: veil(task.status) }
    : task;
}

const veiled = new WeakMap<StreamResponse, StreamResponse>();

/** The update as somebody outside may see it (see `veil`); the same update gives the same object, so that its JSON is made once. */
export function veilUpdate(update: StreamResponse): StreamResponse {
  const { statusUpdate } = update;
  if (statusUpdate === undefined) return update;
  const known = veiled.get(update);
  if (known !== undefined) return known;
  const status = veil(statusUpdate.status);
  const shown =
    status === statusUpdate.status
      ? update
      : { statusUpdate: { ...statusUpdate, status } };
  veiled.set(update, shown);
  return shown;
}
