import type { Message } from "../../../protocol/a2a.ts";
import type { DataOf, Recorded } from "../../../protocol/event.ts";
import type { Span } from "../../../protocol/trace.ts";
import { WORK_MEDIA_TYPE } from "../../../protocol/work.ts";
import { isTerminal } from "../mission.ts";
import { traceparentOf } from "./ids.ts";
import type { SpanBook } from "./spanBook.ts";

/** Numbers of a task's calls, which go on the task itself when it ends. */
interface Sums {
  readonly calls: number;
  readonly modelMs: number;
  readonly tools: number;
  readonly toolMs: number;
  readonly microUsd: number;
}

const NOTHING: Sums = {
  calls: 0,
  modelMs: 0,
  tools: 0,
  toolMs: 0,
  microUsd: 0,
};

/** Tasks that are remembered, ended ones included: a later one may name them. */
const MAX_TASKS = 5000;

/** Stop reasons of calls that broke, as the meter records them. */
const BROKEN = /^(?:aborted|error|bad-key|model-.+|budget-spent)$/;

/** Tasks, their messages, and the calls of models and tools made for them. */
export function traceWork(
  book: SpanBook,
): (event: Recorded) => readonly Span[] {
  /** A sender's own trace goes on through all that its task leads to. */
  const tasks = new Map<string, { readonly traceId: string; sums: Sums }>();
  const callTasks = new Map<string, string>();

  function inTask(taskId: string): {
    readonly parentId: string;
    readonly traceId: string;
  } {
    const traceId = tasks.get(taskId)?.traceId ?? book.traceId;
    return { parentId: book.spanId("task", taskId), traceId };
  }

  function add(taskId: string | undefined, more: Partial<Sums>): void {
    const task = tasks.get(taskId ?? "");
    if (task === undefined) return;
    const { sums } = task;
    task.sums = {
      calls: sums.calls + (more.calls ?? 0),
      modelMs: sums.modelMs + (more.modelMs ?? 0),
      tools: sums.tools + (more.tools ?? 0),
      toolMs: sums.toolMs + (more.toolMs ?? 0),
      microUsd: sums.microUsd + (more.microUsd ?? 0),
    };
  }

  function submitted(data: DataOf<"TaskSubmitted">, at: number): void {
    const { taskId, agentId, from, message } = data;
    const given = traceparentOf(message);
    const [earlier] = message.referenceTaskIds ?? [];
    const led = earlier !== undefined && tasks.has(earlier);
    const traceId = given?.traceId ?? book.traceId;
    tasks.set(taskId, { traceId, sums: NOTHING });
    for (const oldest of tasks.keys()) {
      if (tasks.size <= MAX_TASKS) break;
      tasks.delete(oldest);
    }
    const { kind, decisionId } = workOf(message);
    const parentId =
      given?.parentId ??
      (led ? book.spanId("task", earlier) : undefined) ??
      (decisionId && book.spanId("vote", decisionId));
    book.start("task", taskId, at, {
      name: kind,
      agentId,
      traceId,
      ...(parentId !== undefined && { parentId }),
      attributes: { taskId, from, messageId: message.messageId },
    });
  }

  function ended(
    { taskId, status }: DataOf<"TaskStatusChanged">,
    at: number,
  ): readonly Span[] {
    if (!isTerminal(status.state)) return [];
    const sums = tasks.get(taskId)?.sums ?? NOTHING;
    const done = status.state === "TASK_STATE_COMPLETED";
    return book.end(book.spanId("task", taskId), at, done, {
      state: status.state,
      ...sums,
    });
  }

  function settled(data: DataOf<"CallSettled">, at: number): readonly Span[] {
    const { callId, usage, stopReason, model, microUsd } = data;
    const taskId = callTasks.get(callId);
    callTasks.delete(callId);
    const ok = !BROKEN.test(stopReason);
    const spans = book.end(book.spanId("model", callId), at, ok, {
      model,
      stop: stopReason,
      microUsd,
      inputTokens: usage.inputTokens + usage.cacheWriteTokens,
      cacheReadTokens: usage.cacheReadTokens,
      outputTokens: usage.outputTokens,
    });
    const modelMs = spans.reduce((sum, span) => sum + lasted(span), 0);
    add(taskId, { calls: 1, modelMs, microUsd });
    return spans;
  }

  function called(data: DataOf<"ToolCalled">, at: number): readonly Span[] {
    const { callId, taskId, agentId, tool, ruling } = data;
    const spanId = book.start("tool", callId, at, {
      name: tool,
      agentId,
      ...inTask(taskId),
      attributes: { ruling },
    });
    if (ruling === "deny") return book.end(spanId, at, false);
    callTasks.set(callId, taskId);
    return [];
  }

  function returned(
    { callId, ok, durationMs }: DataOf<"ToolReturned">,
    at: number,
  ): readonly Span[] {
    add(callTasks.get(callId), { tools: 1, toolMs: durationMs });
    callTasks.delete(callId);
    return book.end(book.spanId("tool", callId), at, ok, { durationMs });
  }

  function sent(data: DataOf<"MessageSent">, at: number): readonly Span[] {
    const { from, to, message } = data;
    return book.point("message", message.messageId, at, {
      name: "message",
      agentId: from,
      ...(message.taskId === undefined ? {} : inTask(message.taskId)),
      attributes: { from, to, messageId: message.messageId },
    });
  }

  return (event) => {
    switch (event.type) {
      case "TaskSubmitted":
        submitted(event.data, event.at);
        return [];
      case "TaskStatusChanged":
        return ended(event.data, event.at);
      case "MessageSent":
        return sent(event.data, event.at);
      case "CallReserved": {
        const { callId, taskId, agentId, model } = event.data;
        callTasks.set(callId, taskId);
        const rest = { name: model, agentId, ...inTask(taskId) };
        book.start("model", callId, event.at, rest);
        return [];
      }
      case "CallSettled":
        return settled(event.data, event.at);
      case "ToolCalled":
        return called(event.data, event.at);
      case "ToolReturned":
        return returned(event.data, event.at);
      default:
        return [];
    }
  };
}

/** How long a span lasted, ms; 0 while it lasts. */
function lasted({ startMs, endMs }: Span): number {
  return (endMs ?? startMs) - startMs;
}

/** The kind of work a message asks for, and the vote it is for if any; a question of anybody else is `chat`. */
function workOf({ parts }: Message): {
  readonly kind: string;
  readonly decisionId?: string;
} {
  const data = parts.find(
    ({ mediaType }) => mediaType === WORK_MEDIA_TYPE,
  )?.data;
  if (data === null || typeof data !== "object" || !("kind" in data))
    return { kind: "chat" };
  const { kind } = data;
  if (kind === "ballot" && "decisionId" in data)
    return typeof data.decisionId === "string"
      ? { kind, decisionId: data.decisionId }
      : { kind };
  const known = ["plan", "resolve", "implement"].find((one) => one === kind);
  return { kind: known ?? "chat" };
}
