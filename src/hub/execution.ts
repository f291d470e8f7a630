import type { Clock, EventLog, TextLog } from "../ports.ts";
import type { Artifact, Message, TaskStatus } from "../protocol/a2a.ts";
import type { Blame, Circuits } from "./circuits.ts";
import type { Connection } from "./connection.ts";
import type { Failure } from "./failure.ts";
import { failureOf, GONE } from "./failure.ts";
import { agentMissing, hubClosed } from "./problems.ts";
import type { Registry, Sitting } from "./registry.ts";
import type { Run } from "./runs.ts";
import { createRuns } from "./runs.ts";
import type { Takeover } from "./takeover.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { isInterrupted, isTerminal } from "./tasks.ts";

/** How long an agent may take to end a task it was told to cancel, ms; after that the hub ends it. */
const CANCEL_GRACE_MS = 3000;

/** Runs tasks: at most one executor per task, its words stored in order, one end. */
export interface Execution {
  /** Gives the task to its agent unless it has one at work or needs none; `message` is what it should act on. An agent that is not there is stood in for where the task allows it. Throws `agent-missing` when nobody can do it, `hub-failed` when the hub has closed. */
  ensure(record: TaskRecord, message: Message): void;
  /** Takes a task back that was never stored. */
  abandon(taskId: string): void;
  /** Gives a running task one more message; it is acted on when the executor is done with what it has. */
  queue(taskId: string, message: Message): boolean;
  /** Ends the task as canceled, within 5 s even if its agent hangs; returns once the end is stored. */
  cancel(taskId: string): Promise<void>;
  /** The end of a cancellation under way, if there is one. */
  canceling(taskId: string): Promise<void> | undefined;
  running(): readonly string[];
  /** How many tasks an agent has, those that wait for it included. */
  countOf(sitting: Sitting): number;
  /** Gives what an agent has to others where the task allows it. What cannot be given is left with it, or ended with `fail`. */
  takeFrom(sitting: Sitting, why: string, fail: boolean): void;
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

/** Makes an executor over the agents that sit at the table. */
export function createExecution(parts: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly registry: Registry;
  readonly tasks: Tasks;
  readonly circuits: Circuits;
  readonly takeover: Takeover;
}): Execution {
  const { clock, textLog, registry, tasks, circuits, takeover } = parts;
  const runs = createRuns(parts);
  const cancels = new Map<string, Promise<void>>();
  /** Tasks on their way from one agent to another, with what was said to them meanwhile. */
  const moving = new Map<string, Message[]>();
  const closing = new AbortController();

  /** Undefined when the agent has acted on the message, or the task is no longer its own. */
  function execute(run: Run): Promise<Failure | undefined> {
    const { id, contextId } = run.record;
    const params = { taskId: id, contextId, message: run.inbox[0] };
    const answered = run.sitting.connection
      .request("task/execute", params)
      .then(() => undefined, failureOf);
    const { signal } = run.over;
    return new Promise((resolve) => {
      const over = (): void => {
        resolve(undefined);
      };
      signal.addEventListener("abort", over, { once: true });
      void answered.then((failure) => {
        signal.removeEventListener("abort", over);
        resolve(failure);
      });
    });
  }

  /** Acts on the first message; true when there is another. */
  async function actOnce(run: Run): Promise<boolean> {
    const { id } = run.record;
    const failure = await execute(run);
    // Who cancels records the end.
    if (closing.signal.aborted || cancels.has(id)) return false;
    if (!runs.isCurrent(run)) return false;
    if (failure !== undefined) {
      const { sitting } = run;
      const isGone = registry.get(sitting.agentId) !== sitting;
      if (!isGone || !move(run, failure.text)) await runs.fail(run, failure);
      return false;
    }
    await run.stored;
    if (!runs.isCurrent(run)) return false;
    run.inbox.shift();
    if (run.inbox.length > 0) return true;
    const state = tasks.get(id)?.state;
    if (state !== undefined && isInterrupted(state)) runs.drop(run);
    else
      await runs.fail(run, {
        code: "task-failed",
        text: "The agent stopped without a result.",
      });
    return false;
  }

  async function work(run: Run): Promise<Blame> {
    run.begun = true;
    let goesOn = runs.isCurrent(run);
    while (goesOn) goesOn = await actOnce(run);
    return run.failed ? "agent" : "none";
  }

  function begin(
    sitting: Sitting,
    record: TaskRecord,
    inbox: readonly Message[],
  ): void {
    const run: Run = {
      record,
      sitting,
      inbox: [...inbox],
      over: new AbortController(),
      begun: false,
      failed: false,
      stored: Promise.resolve(),
      finished: Promise.resolve(),
    };
    runs.add(run);
    run.finished = circuits.run(sitting, run.over.signal, () => work(run));
  }

  /** Gives a task to another agent once the log says so. */
  async function hand(
    record: TaskRecord,
    next: Sitting,
    inbox: readonly Message[],
    why: string,
    stored: Promise<void> = Promise.resolve(),
  ): Promise<void> {
    const { id, contextId, agentId, takeovers } = record;
    const said: Message[] = [];
    moving.set(id, said);
    try {
      await stored;
      await runs.append({
        missionId: contextId,
        type: "TaskReassigned",
        data: { taskId: id, from: agentId, to: next.agentId, why },
        by: "hub",
        key: `takeover:${id}:${String(takeovers + 1)}`,
      });
    } catch (error) {
      tasks.lose(error instanceof Error ? error : new Error(String(error)), id);
      return;
    } finally {
      moving.delete(id);
    }
    textLog.warn("a task went to another agent", {
      taskId: id,
      from: agentId,
      to: next.agentId,
      why,
    });
    const now = tasks.get(id) ?? record;
    if (closing.signal.aborted || cancels.has(id) || isTerminal(now.state))
      return;
    begin(next, now, [...inbox, ...said]);
  }

  /** Takes a run from its agent if another can have it; from then on its agent's words are dropped. */
  function move(run: Run, why: string): boolean {
    const { record, sitting, inbox } = run;
    if (closing.signal.aborted || cancels.has(record.id)) return false;
    const next = takeover(record, sitting);
    if (next === undefined) return false;
    runs.drop(run);
    run.failed = true;
    sitting.connection.notify("task/cancel", { taskId: record.id });
    void hand(record, next, inbox, why, run.stored);
    return true;
  }

  /** The run, if what its agent says can be stored; one that says too much too fast ends here. */
  function listeningTo(from: Connection, taskId: string): Run | undefined {
    const run = runs.from(from, taskId);
    if (run === undefined || !runs.isFull()) return run;
    from.notify("task/cancel", { taskId });
    void runs.fail(run, {
      code: "task-failed",
      text: "The agent said more than could be stored in time; the task was ended.",
    });
    return undefined;
  }

  async function waitForEnd(run: Run): Promise<void> {
    const taskId = run.record.id;
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
      run.sitting.connection.notify("task/cancel", { taskId });
      const patience = AbortSignal.any([over.signal, closing.signal]);
      await Promise.race([
        // Aborted means that the wait is over, nothing else.
        clock.after(CANCEL_GRACE_MS, patience).catch(() => undefined),
        run.finished,
      ]);
    } finally {
      stop();
      over.abort();
    }
  }

  async function endByCancel(taskId: string): Promise<void> {
    const record = tasks.get(taskId);
    if (record === undefined) return;
    const run = runs.get(taskId);
    // An agent that was not told of it yet need not be waited for.
    if (run?.begun === true) await waitForEnd(run);
    if (run !== undefined) runs.drop(run);
    await run?.stored;
    const state = tasks.get(taskId)?.state ?? record.state;
    if (closing.signal.aborted || isTerminal(state)) return;
    await runs.append(
      runs.statusDraft(record, { state: "TASK_STATE_CANCELED" }, "hub"),
    );
  }

  return {
    ensure(record, message) {
      const { id, agentId } = record;
      const state = tasks.get(id)?.state ?? record.state;
      if (runs.get(id) !== undefined || runs.isEnding(id)) return;
      if (moving.has(id) || isTerminal(state) || isInterrupted(state)) return;
      if (closing.signal.aborted) throw hubClosed();
      const sitting = registry.get(agentId);
      const next = sitting ?? takeover(record, { agentId });
      if (next === undefined) throw agentMissing(agentId);
      if (sitting !== undefined) begin(sitting, record, [message]);
      else void hand(record, next, [message], "its agent does not sit here");
    },
    abandon(taskId) {
      const run = runs.get(taskId);
      if (run === undefined) return;
      runs.drop(run);
      run.sitting.connection.notify("task/cancel", { taskId });
    },
    queue(taskId, message) {
      const inbox = moving.get(taskId) ?? runs.get(taskId)?.inbox;
      inbox?.push(message);
      return inbox !== undefined;
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
    running: () => [...runs.ids(), ...moving.keys()],
    countOf: (sitting) => runs.of(sitting).length,
    takeFrom(sitting, why, fail) {
      if (closing.signal.aborted) return;
      for (const run of runs.of(sitting))
        if (!move(run, why) && fail && !cancels.has(run.record.id))
          void runs.fail(run, GONE);
    },
    status(from, taskId, status) {
      const run = listeningTo(from, taskId);
      if (run === undefined) return;
      const by = run.sitting.agentId;
      if (isTerminal(status.state)) void runs.storeEnd(run, status, by);
      else void runs.store(run, runs.statusDraft(run.record, status, by));
    },
    artifact(from, taskId, artifact, appended) {
      const run = listeningTo(from, taskId);
      if (run === undefined) return;
      void runs.store(run, {
        missionId: run.record.contextId,
        type: "TaskArtifactAdded",
        data: { taskId, artifact, append: appended },
        by: run.sitting.agentId,
      });
    },
    broke(from, taskId) {
      const run = runs.from(from, taskId);
      if (run === undefined) return;
      from.notify("task/cancel", { taskId });
      void runs.fail(run, {
        code: "task-failed",
        text: "The agent sent something that is not A2A; the task was ended.",
      });
    },
    talking(from, taskId) {
      const run = runs.from(from, taskId);
      if (run === undefined) return undefined;
      const { contextId } = run.record;
      return { contextId, agentId: run.sitting.agentId };
    },
    async close() {
      closing.abort();
      await Promise.allSettled([...cancels.values()]);
      await runs.settled();
      runs.clear();
    },
  };
}
