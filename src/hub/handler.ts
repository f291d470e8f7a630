import type {
  SendMessageRequest,
  StreamResponse,
  Task,
  TaskState,
} from "../protocol/a2a.ts";
import {
  ListTasksRequest,
  SendMessageRequest as SendMessageSchema,
  SubscribeRequest,
  TaskIdRequest,
} from "../protocol/a2a.ts";
import type { Execution } from "./execution.ts";
import { veilTask, veilUpdate } from "./failure.ts";
import { pageOf, trimHistory } from "./listTasks.ts";
import type { Push } from "./push/push.ts";
import { checkReached, resumePoint } from "./resume.ts";
import type { Reading, Updates } from "./stream.ts";
import type { Caller, Submit } from "./submit.ts";
import { maySee, onlyFrom } from "./submit.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { isFor, isInterrupted, isTerminal, lastWord } from "./tasks.ts";
import { generationOf } from "./update.ts";
import {
  parseParams,
  taskNotCancelable,
  taskNotFound,
  unsupportedOperation,
} from "./wireError.ts";

/** One A2A request: which agent it is for (none: whichever fits), what it says, who asks, and until when they care. */
export interface Ask {
  readonly agentId: string | undefined;
  readonly params: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** The id of the last event the client has of a stream it opens again, as it came: the service parameter `Last-Event-ID`. */
  readonly lastEventId?: string | undefined;
  /** See `Reading.pace`. */
  readonly pace?: (() => Promise<void>) | undefined;
}

/** The operations of A2A 1.0 over the event log, whatever the binding. All reject with wire errors. */
export interface Handler {
  /** Answers when the task has ended or needs the client, or at once with `returnImmediately`. */
  sendMessage(ask: Ask): Promise<{ readonly task: Task }>;
  /** The task, then its updates until it has ended or needs the client. */
  sendStreamingMessage(ask: Ask): Promise<AsyncIterable<StreamResponse>>;
  getTask(ask: Ask): Task;
  listTasks(ask: Ask): unknown;
  /** Answers within 5 s. */
  cancelTask(ask: Ask): Promise<Task>;
  /** The task, then its updates until it has ended. With a generation to resume after, its updates from there and no task; then one that has ended is fine too. */
  subscribeToTask(ask: Ask): AsyncIterable<StreamResponse>;
  /** Resolves once the task's state is one that `enough` accepts; rejects with the signal's reason, or when the hub lost the task. */
  until(
    taskId: string,
    enough: (state: TaskState) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
}

function isSettled(state: TaskState): boolean {
  return isTerminal(state) || isInterrupted(state);
}

/** Makes the operations; a stream or a waiting client that leaves changes nothing for the task. */
export function createHandler(parts: {
  readonly tasks: Tasks;
  readonly updates: Updates;
  readonly push: Push;
  readonly execution: Execution;
  readonly submit: Submit;
}): Handler {
  const { tasks, updates, push, execution, submit } = parts;

  function show(taskId: string, caller: Caller, historyLength?: number): Task {
    const task = tasks.task(taskId);
    if (task === undefined) throw taskNotFound(taskId);
    return trimHistory(caller.remote ? veilTask(task) : task, historyLength);
  }

  function find(
    ask: Ask,
  ): readonly [record: TaskRecord, request: TaskIdRequest] {
    const request = parseParams(TaskIdRequest, ask.params);
    const record = tasks.get(request.id);
    if (
      record === undefined ||
      !isFor(record, ask.agentId) ||
      !maySee(ask.caller, record)
    )
      throw taskNotFound(request.id);
    return [record, request];
  }

  async function send(
    ask: Ask,
    waits: boolean,
  ): Promise<readonly [TaskRecord, SendMessageRequest]> {
    const request = parseParams(SendMessageSchema, ask.params);
    const { message, configuration } = request;
    const config = configuration?.taskPushNotificationConfig;
    if (config === undefined) {
      // A stream shows a task from its opening on, and only the end is worth the hurry.
      const early =
        waits && ask.caller.remote && configuration?.returnImmediately !== true;
      return [await submit(ask.agentId, message, ask.caller, early), request];
    }
    await push.check(config);
    const { taskId = "" } = message;
    const before = taskId === "" ? undefined : tasks.task(taskId);
    const record = await submit(ask.agentId, message, ask.caller, false);
    // Of a task that this message opens, everything after its opening is told.
    const after = before === undefined ? 1 : generationOf({ task: before });
    const id =
      config.id === undefined || config.id === "" ? record.id : config.id;
    await push.keep(record, { ...config, id }, ask.caller.name, after);
    return [record, request];
  }

  function readingOf(ask: Ask, enough: Reading["enough"]): Reading {
    const { caller, signal, pace } = ask;
    const show = caller.remote
      ? veilUpdate
      : (update: StreamResponse) => update;
    return { enough, signal, show, pace };
  }

  function stream(
    record: TaskRecord,
    ask: Ask,
    enough: (state: TaskState) => boolean,
    historyLength?: number,
  ): AsyncIterable<StreamResponse> {
    // Snapshot and start of following in one turn: nothing falls in between.
    tasks.catchUp();
    const task = show(record.id, ask.caller, historyLength);
    return enough(task.status.state)
      ? one({ task })
      : updates.fromNow(record, { task }, readingOf(ask, enough));
  }

  const until: Handler["until"] = (taskId, enough, signal) =>
    new Promise((resolve, reject) => {
      const state = tasks.get(taskId)?.state;
      if (state !== undefined && enough(state)) {
        resolve();
        return;
      }
      const abort = (): void => {
        stop();
        reject(signal.reason as Error);
      };
      const stop = tasks.follow(taskId, {
        update(_update, now) {
          if (!enough(now)) return;
          stop();
          signal.removeEventListener("abort", abort);
          resolve();
        },
        lost(error) {
          stop();
          signal.removeEventListener("abort", abort);
          reject(error);
        },
      });
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });

  return {
    until,
    async sendMessage(ask) {
      const [record, { configuration }] = await send(ask, true);
      if (configuration?.returnImmediately !== true)
        await until(record.id, isSettled, ask.signal);
      const { historyLength } = configuration ?? {};
      return { task: show(record.id, ask.caller, historyLength) };
    },
    async sendStreamingMessage(ask) {
      const [record, { configuration }] = await send(ask, false);
      const { historyLength } = configuration ?? {};
      return stream(record, ask, isSettled, historyLength);
    },
    getTask(ask) {
      const [record, { historyLength }] = find(ask);
      return show(record.id, ask.caller, historyLength);
    },
    listTasks(ask) {
      const request = parseParams(ListTasksRequest, ask.params);
      const page = pageOf(tasks, request, {
        address: ask.agentId,
        from: onlyFrom(ask.caller),
      });
      const shown = page.records.map((record) => {
        const task = show(record.id, ask.caller, request.historyLength);
        if (request.includeArtifacts === true) return task;
        const { artifacts: _left, ...rest } = task;
        return rest;
      });
      return { ...page, records: undefined, tasks: shown };
    },
    async cancelTask(ask) {
      const [record] = find(ask);
      if (isTerminal(record.state))
        throw taskNotCancelable(record.id, record.state);
      await execution.cancel(record.id);
      return show(record.id, ask.caller);
    },
    subscribeToTask(ask) {
      const [record, { historyLength }] = find(ask);
      const { afterGeneration } = parseParams(SubscribeRequest, ask.params);
      const after = resumePoint(afterGeneration, ask.lastEventId);
      const hasEnded = isTerminal(record.state);
      if (hasEnded && after === undefined)
        throw unsupportedOperation(
          "The task has ended; get it instead of subscribing, or resume after the last generation you have.",
        );
      if (after !== undefined) checkReached(tasks.task(record.id), after);
      if (!hasEnded) execution.ensure(record, lastWord(tasks, record));
      return after === undefined
        ? stream(record, ask, isTerminal, historyLength)
        : updates.after(record, after, readingOf(ask, isTerminal));
    },
  };
}

async function* one(item: StreamResponse): AsyncGenerator<StreamResponse> {
  yield item;
}
