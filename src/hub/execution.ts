import type { Clock, EventLog, TextLog } from "../ports.ts";
import type { Artifact, Message, TaskStatus } from "../protocol/a2a.ts";
import type { Draft } from "../protocol/event.ts";
import type { Connection } from "./connection.ts";
import type { Failure } from "./failure.ts";
import { createFacts } from "./facts.ts";
import { failureMessage, failureOf } from "./failure.ts";
import { agentMissing, hubClosed } from "./problems.ts";
import type { Registry, Sitting } from "./registry.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { isInterrupted, isTerminal } from "./tasks.ts";

/** How long an agent may take to end a task it was told to cancel, ms; after that the hub ends it. */
const CANCEL_GRACE_MS = 3000;
/** Facts that may be on their way to the disk at once; an agent that is faster loses its task. */
const MAX_STORING = 20_000;

/** Runs tasks: at most one executor per task, its words stored in order, one end. */
export interface Execution {
  /** Gives the task to its agent unless it has one at work or needs none; `message` is what it should act on. Throws `agent-missing` when the agent is not seated, `hub-failed` when the hub has closed. */
  ensure(record: TaskRecord, message: Message): void;
  /** Gives a running task one more message; it is acted on when the executor is done with what it has. */
  queue(taskId: string, message: Message): boolean;
  /** Ends the task as canceled, within 5 s even if its agent hangs; returns once the end is stored. */
  cancel(taskId: string): Promise<void>;
  /** The end of a cancellation under way, if there is one. */
  canceling(taskId: string): Promise<void> | undefined;
  running(): readonly string[];
  status(from: Connection, taskId: string, status: TaskStatus): void;
  artifact(
    from: Connection,
    taskId: string,
    artifact: Artifact,
    append: boolean,
  ): void;
  /** Ends a task whose agent sent something that does not fit. */
  broke(from: Connection, taskId: string): void;
  /** Whose words about a task these are; undefined when they are nobody's business. */
  talking(
    from: Connection,
    taskId: string,
  ): { readonly contextId: string; readonly agentId: string } | undefined;
  /** Lets go of everything without recording an end: what runs is taken up again after a restart. */
  close(): Promise<void>;
}

interface Run {
  readonly record: TaskRecord;
  readonly sitting: Sitting;
  readonly queue: Message[];
  /** Everything stored for it so far. */
  stored: Promise<void>;
  /** Settles when the agent is done with it, one way or another. */
  finished: Promise<void>;
}

/** Makes an executor over the agents that sit at the table. */
export function createExecution(parts: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly registry: Registry;
  readonly tasks: Tasks;
}): Execution {
  const { log, clock, textLog, registry, tasks } = parts;
  const { append, statusDraft } = createFacts(log, clock, tasks);
  const runs = new Map<string, Run>();
  const cancels = new Map<string, Promise<void>>();
  /** Tasks whose end is on its way to the disk. */
  const ending = new Set<string>();
  const storing = new Set<Promise<void>>();
  const closing = new AbortController();

  function giveUp(run: Run, error: unknown): void {
    const { id } = run.record;
    if (runs.get(id) === run) runs.delete(id);
    run.sitting.connection.notify("task/cancel", { taskId: id });
    textLog.error("a task's words could not be stored", {
      taskId: id,
      why: String(error),
    });
    tasks.lose(error instanceof Error ? error : new Error(String(error)), id);
  }

  /** Appends are started in order and not waited for one by one: the log commits them in groups. */
  function store(run: Run, draft: Draft): Promise<void> {
    const done = Promise.all([run.stored, append(draft)]).then(
      () => undefined,
      (error: unknown) => {
        giveUp(run, error);
      },
    );
    run.stored = done;
    storing.add(done);
    void done.finally(() => storing.delete(done));
    return done;
  }

  function storeEnd(run: Run, status: TaskStatus, by: string): Promise<void> {
    const { id } = run.record;
    runs.delete(id);
    ending.add(id);
    return store(run, statusDraft(run.record, status, by)).finally(() =>
      ending.delete(id),
    );
  }

  function fail(run: Run, failure: Failure): Promise<void> {
    const { record } = run;
    const message = failureMessage(
      { taskId: record.id, contextId: record.contextId },
      failure,
    );
    return storeEnd(run, { state: "TASK_STATE_FAILED", message }, "hub");
  }

  function execute(run: Run, message: Message): Promise<Failure | undefined> {
    const { id, contextId } = run.record;
    const params = { taskId: id, contextId, message };
    return run.sitting.connection
      .request("task/execute", params)
      .then(() => undefined, failureOf);
  }

  async function work(run: Run, first: Message): Promise<void> {
    const { id } = run.record;
    let message = first;
    for (;;) {
      const failure = await execute(run, message);
      // Who cancels records the end.
      if (closing.signal.aborted || cancels.has(id)) return;
      if (runs.get(id) !== run) return;
      if (failure !== undefined) {
        await fail(run, failure);
        return;
      }
      await run.stored;
      if (runs.get(id) !== run) return;
      const next = run.queue.shift();
      if (next === undefined) {
        const state = tasks.get(id)?.state;
        if (state !== undefined && isInterrupted(state)) runs.delete(id);
        else
          await fail(run, {
            code: "task-failed",
            text: "The agent stopped without a result.",
          });
        return;
      }
      message = next;
    }
  }

  function runOf(from: Connection, taskId: string): Run | undefined {
    const run = runs.get(taskId);
    return run?.sitting.connection === from ? run : undefined;
  }

  /** The run, if what its agent says can be stored; one that says too much too fast ends here. */
  function listeningTo(from: Connection, taskId: string): Run | undefined {
    const run = runOf(from, taskId);
    if (run === undefined || storing.size < MAX_STORING) return run;
    from.notify("task/cancel", { taskId });
    void fail(run, {
      code: "task-failed",
      text: "The agent said more than could be stored in time; the task was ended.",
    });
    return undefined;
  }

  function begin(sitting: Sitting, record: TaskRecord, message: Message): void {
    const run: Run = {
      record,
      sitting,
      queue: [],
      stored: Promise.resolve(),
      finished: Promise.resolve(),
    };
    runs.set(record.id, run);
    run.finished = work(run, message);
  }

  async function endByCancel(taskId: string): Promise<void> {
    const record = tasks.get(taskId);
    if (record === undefined) return;
    const run = runs.get(taskId);
    const over = new AbortController();
    const stop = tasks.follow(taskId, {
      update: (_update, state) => {
        if (isTerminal(state)) over.abort();
      },
      lost: () => {
        over.abort();
      },
    });
    try {
      if (run !== undefined) {
        run.sitting.connection.notify("task/cancel", { taskId });
        const patience = AbortSignal.any([over.signal, closing.signal]);
        await Promise.race([
          // Aborted means that the wait is over, nothing else.
          clock.after(CANCEL_GRACE_MS, patience).catch(() => undefined),
          run.finished,
        ]);
      }
      if (runs.get(taskId) === run) runs.delete(taskId);
      await run?.stored;
      const state = tasks.get(taskId)?.state ?? record.state;
      if (closing.signal.aborted || isTerminal(state)) return;
      await append(
        statusDraft(record, { state: "TASK_STATE_CANCELED" }, "hub"),
      );
    } finally {
      stop();
      over.abort();
    }
  }

  return {
    ensure(record, message) {
      const state = tasks.get(record.id)?.state ?? record.state;
      if (runs.has(record.id) || ending.has(record.id)) return;
      if (isTerminal(state) || isInterrupted(state)) return;
      if (closing.signal.aborted) throw hubClosed();
      const sitting = registry.get(record.agentId);
      if (sitting === undefined) throw agentMissing(record.agentId);
      begin(sitting, record, message);
    },
    queue(taskId, message) {
      const run = runs.get(taskId);
      run?.queue.push(message);
      return run !== undefined;
    },
    cancel(taskId) {
      const under = cancels.get(taskId);
      if (under !== undefined) return under;
      const done = endByCancel(taskId).finally(() => {
        cancels.delete(taskId);
      });
      cancels.set(taskId, done);
      return done;
    },
    canceling: (taskId) => cancels.get(taskId),
    running: () => [...runs.keys()],
    status(from, taskId, status) {
      const run = listeningTo(from, taskId);
      if (run === undefined) return;
      const by = run.sitting.agentId;
      if (isTerminal(status.state)) void storeEnd(run, status, by);
      else void store(run, statusDraft(run.record, status, by));
    },
    artifact(from, taskId, artifact, appended) {
      const run = listeningTo(from, taskId);
      if (run === undefined) return;
      void store(run, {
        missionId: run.record.contextId,
        type: "TaskArtifactAdded",
        data: { taskId, artifact, append: appended },
        by: run.sitting.agentId,
      });
    },
    broke(from, taskId) {
      const run = runOf(from, taskId);
      if (run === undefined) return;
      from.notify("task/cancel", { taskId });
      void fail(run, {
        code: "task-failed",
        text: "The agent sent something that is not A2A; the task was ended.",
      });
    },
    talking: (from, taskId) => runOf(from, taskId)?.record,
    async close() {
      closing.abort();
      await Promise.allSettled([...cancels.values()]);
      await Promise.allSettled([...storing]);
      runs.clear();
    },
  };
}
