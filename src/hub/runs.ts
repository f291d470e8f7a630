import type { Clock, EventLog, TextLog } from "../ports.ts";
import type { Message, TaskStatus } from "../protocol/a2a.ts";
import type { Draft } from "../protocol/event.ts";
import type { Connection } from "./connection.ts";
import type { Facts } from "./facts.ts";
import { createFacts } from "./facts.ts";
import type { Failure } from "./failure.ts";
import { failureMessage, isAgentsFault, readFailure } from "./failure.ts";
import type { Sitting } from "./registry.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";

/** Facts that may be on their way to the disk at once; an agent that is faster loses its task. */
const MAX_STORING = 20_000;

/** Why runs end; shared, because an error of its own for each costs more than the rest of its end. */
const OVER = new Error("the task is no longer this agent's");

/** One agent's work on one task. */
export interface Run {
  readonly record: TaskRecord;
  readonly sitting: Sitting;
  /** Messages to act on, the first of them now. */
  readonly inbox: Message[];
  /** Aborted when the task is no longer this agent's. */
  readonly over: AbortController;
  /** Whether the agent was told of it: it waits for a free slot before. */
  begun: boolean;
  /** Whether it failed, and the agent is to blame. */
  failed: boolean;
  /** Everything stored for it so far. */
  stored: Promise<void>;
  /** Settles when the agent is done with it, one way or another. */
  finished: Promise<void>;
}

/** The runs under way, at most one per task, and how what is said in them gets into the log, in order. */
export interface Runs extends Facts {
  get(taskId: string): Run | undefined;
  ids(): readonly string[];
  of(sitting: Sitting): readonly Run[];
  /** The run, when it is the connection's. */
  from(connection: Connection, taskId: string): Run | undefined;
  /** True while the task is this run's. */
  isCurrent(run: Run): boolean;
  /** True while the end of a task is on its way to the disk. */
  isEnding(taskId: string): boolean;
  /** True when more is on its way to the disk than may be. */
  isFull(): boolean;
  add(run: Run): void;
  /** The task is no longer this run's; its agent's late words are dropped. */
  drop(run: Run): void;
  store(run: Run, draft: Draft): Promise<void>;
  storeEnd(run: Run, status: TaskStatus, by: string): Promise<void>;
  /** Ends the task as failed. */
  fail(run: Run, failure: Failure): Promise<void>;
  /** Resolves once nothing is on its way to the disk any more. */
  settled(): Promise<void>;
  clear(): void;
}

/** Makes an empty set of runs. */
export function createRuns(parts: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly tasks: Tasks;
}): Runs {
  const { log, clock, textLog, tasks } = parts;
  const facts = createFacts(log, clock, tasks);
  const runs = new Map<string, Run>();
  const ending = new Set<string>();
  const storing = new Set<Promise<void>>();

  function drop(run: Run): void {
    if (runs.get(run.record.id) === run) runs.delete(run.record.id);
    run.over.abort(OVER);
  }

  function giveUp(run: Run, error: unknown): void {
    const { id } = run.record;
    drop(run);
    run.sitting.connection.notify("task/cancel", { taskId: id });
    textLog.error("a task's words could not be stored", {
      taskId: id,
      why: String(error),
    });
    tasks.lose(error instanceof Error ? error : new Error(String(error)), id);
  }

  /** Appends are started in order and not waited for one by one: the log commits them in groups. */
  function store(run: Run, draft: Draft): Promise<void> {
    const done = Promise.all([run.stored, facts.append(draft)]).then(
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
    if (status.state === "TASK_STATE_FAILED")
      run.failed = isAgentsFault(readFailure(status));
    // An agent that is slow to say that it is done holds up nobody.
    drop(run);
    ending.add(id);
    return store(run, facts.statusDraft(run.record, status, by)).finally(() =>
      ending.delete(id),
    );
  }

  return {
    ...facts,
    get: (taskId) => runs.get(taskId),
    ids: () => [...runs.keys()],
    of: (sitting) =>
      [...runs.values()].filter((run) => run.sitting === sitting),
    from(connection, taskId) {
      const run = runs.get(taskId);
      return run?.sitting.connection === connection ? run : undefined;
    },
    isCurrent: (run) => runs.get(run.record.id) === run,
    isEnding: (taskId) => ending.has(taskId),
    isFull: () => storing.size >= MAX_STORING,
    add(run) {
      runs.set(run.record.id, run);
    },
    drop,
    store,
    storeEnd,
    fail(run, failure) {
      const { id: taskId, contextId } = run.record;
      const message = failureMessage({ taskId, contextId }, failure);
      return storeEnd(run, { state: "TASK_STATE_FAILED", message }, "hub");
    },
    async settled() {
      await Promise.allSettled([...storing]);
    },
    clear() {
      runs.clear();
    },
  };
}
