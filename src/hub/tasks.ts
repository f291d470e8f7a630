import type {
  Message,
  StreamResponse,
  Task,
  TaskState,
} from "../protocol/a2a.ts";
import { taskOf } from "../core/taskFact.ts";
import type { DataOf, Recorded, RecordedOf } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";
import type { TaskBody } from "./taskBody.ts";
import { applyToBody, startBody, toTask } from "./taskBody.ts";
import { updateOf } from "./update.ts";

/** Ended tasks that stay in memory; others are folded from the log again when asked for. */
const MAX_ENDED = 64;
/** Tasks under way that stay in memory without anybody following them. */
const MAX_OPEN = 2000;
const PAGE = 1000;

/** What is always known of a task. */
export interface TaskRecord {
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
  /** The message that opened it, as the client sent it. */
  readonly message: Message;
  /** Place of the opening event in the log. */
  readonly openedSeq: number;
  readonly openedAt: number;
  readonly state: TaskState;
  /** Place and time of the last change of state. */
  readonly statusSeq: number;
  readonly statusAt: number;
}

/** Hears what happens to a task. */
export interface Follower {
  /** `seq` is the place of the event in the log. */
  update(update: StreamResponse, state: TaskState, seq: number): void;
  /** Nothing more will come, though the task has not ended. */
  lost(error: Error): void;
}

/** All tasks, as the log tells them. In memory is only what is under way or was just asked for. */
export interface Tasks {
  get(taskId: string): TaskRecord | undefined;
  /** A page of them; see `EventLog.tasks`. */
  list: EventLog["tasks"];
  /** The whole task; undefined when there is none. */
  task(taskId: string): Task | undefined;
  /** The task of an opening that is on its way to the disk, so that its agent need not wait; `forget` it when it does not get there. */
  expect(opening: DataOf<"TaskSubmitted">, at: number): TaskRecord;
  forget(taskId: string, why: Error): void;
  /** Follows a task from now on; every follower gets the same updates in the same order. Returns the way to stop. */
  follow(taskId: string, follower: Follower): () => void;
  /** Tells the followers of a task that they will hear no more; without a task those of all, now and later. */
  lose(error: Error, taskId?: string): void;
  /** Takes in what the log holds, so that an event just appended shows. */
  catchUp(): void;
  /** Place of the last event that interrupted or resumed a mission; 0 when there was none. */
  turnedAt(missionId: string): number;
  stop(): void;
}

const TERMINAL: ReadonlySet<TaskState> = new Set([
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
]);

/** True for the four states a task never leaves. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state);
}

/** True where the agent waits for the client. */
export function isInterrupted(state: TaskState): boolean {
  return (
    state === "TASK_STATE_INPUT_REQUIRED" ||
    state === "TASK_STATE_AUTH_REQUIRED"
  );
}

/** True when a task is meant by this address: its agent's id, or what it was addressed to. Without an address every task is. */
export function isFor(
  { agentId, to }: Pick<TaskRecord, "agentId" | "to">,
  address: string | undefined,
): boolean {
  return address === undefined || address === agentId || address === to;
}

/** The client's latest message of a task: what its agent should act on. */
export function lastWord(tasks: Tasks, record: TaskRecord): Message {
  return (
    tasks
      .task(record.id)
      ?.history?.findLast(({ role }) => role === "ROLE_USER") ?? record.message
  );
}

type MutableRecord = { -readonly [K in keyof TaskRecord]: TaskRecord[K] };

interface Entry {
  readonly record: MutableRecord;
  body: TaskBody;
  /** True until its opening is stored. */
  expected: boolean;
}

function startRecord(
  { taskId, contextId, agentId, to, from, message }: DataOf<"TaskSubmitted">,
  seq: number,
  at: number,
): MutableRecord {
  return {
    id: taskId,
    contextId,
    agentId,
    to: to ?? agentId,
    from,
    takeovers: 0,
    message,
    openedSeq: seq,
    openedAt: at,
    state: "TASK_STATE_SUBMITTED",
    statusSeq: seq,
    statusAt: at,
  };
}

function startEntry(
  opening: DataOf<"TaskSubmitted">,
  seq: number,
  at: number,
  expected: boolean,
): Entry {
  const { taskId, contextId, message } = opening;
  const body = startBody(message, at, { taskId, contextId });
  return { record: startRecord(opening, seq, at), body, expected };
}

function applyTo({ record, body }: Entry, event: Recorded): void {
  applyToBody(body, event);
  if (event.type === "TaskReassigned") {
    record.agentId = event.data.to;
    record.takeovers += 1;
  }
  if (event.type !== "TaskStatusChanged") return;
  record.state = event.data.status.state;
  record.statusSeq = event.seq;
  record.statusAt = event.at;
}

/** The task as its events tell it; undefined when there are none. */
function readTask(log: EventLog, taskId: string): Entry | undefined {
  let entry: Entry | undefined;
  for (let after = 0; ;) {
    const page = log.read({ taskId, after, limit: PAGE });
    for (const event of page)
      if (entry !== undefined) applyTo(entry, event);
      else if (event.type === "TaskSubmitted")
        entry = startEntry(event.data, event.seq, event.at, false);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return entry;
    after = last.seq;
  }
}

/** Answers from the log about its tasks and goes on as it grows; what is under way is kept in memory. */
export function foldTasks(log: EventLog): Tasks {
  // Both in the order of last use.
  const open = new Map<string, Entry>();
  const ended = new Map<string, Entry>();
  const followers = new Map<string, Set<Follower>>();
  let allLost: Error | undefined;
  let seen = log.head();

  function keep(entry: Entry): void {
    const { id, state } = entry.record;
    open.delete(id);
    ended.delete(id);
    (isTerminal(state) ? ended : open).set(id, entry);
  }

  function trim(entries: Map<string, Entry>, max: number): void {
    let over = entries.size - max;
    if (over <= 0) return;
    for (const [id, { expected }] of entries) {
      // Who follows a task must not miss a generation.
      if (expected || followers.has(id)) continue;
      entries.delete(id);
      over -= 1;
      if (over <= 0) return;
    }
  }

  function entryOf(taskId: string): Entry | undefined {
    let entry = open.get(taskId) ?? ended.get(taskId);
    if (entry === undefined) {
      catchUp();
      entry = open.get(taskId) ?? readTask(log, taskId);
    }
    if (entry !== undefined) keep(entry);
    return entry;
  }

  function takeOpening(event: RecordedOf<"TaskSubmitted">): void {
    const fresh = startEntry(event.data, event.seq, event.at, false);
    const entry = open.get(event.data.taskId);
    if (entry === undefined) keep(fresh);
    else {
      // Whoever works on it already holds this record.
      Object.assign(entry.record, fresh.record);
      entry.body = fresh.body;
      entry.expected = false;
    }
  }

  function tell({ record, body }: Entry, event: Recorded): void {
    const listening = followers.get(record.id);
    if (listening === undefined) return;
    const ids = { taskId: record.id, contextId: record.contextId };
    const update = updateOf(event, ids, body.generation);
    if (update === undefined) return;
    for (const follower of [...listening])
      follower.update(update, record.state, event.seq);
  }

  function apply(event: Recorded): void {
    if (event.seq <= seen) return;
    seen = event.seq;
    if (event.type === "TaskSubmitted") {
      takeOpening(event);
      return;
    }
    const taskId = taskOf(event) ?? "";
    const entry = open.get(taskId) ?? ended.get(taskId);
    if (entry === undefined) return;
    applyTo(entry, event);
    if (event.type === "TaskStatusChanged") keep(entry);
    tell(entry, event);
  }

  function catchUp(): void {
    while (log.head() > seen) {
      const page = log.read({ after: seen, limit: PAGE });
      for (const event of page) apply(event);
      if (page.length === 0) return;
    }
  }

  const unsubscribe = log.subscribe((events) => {
    // Before, not after: what has just ended is shown to those who waited for it.
    trim(open, MAX_OPEN);
    trim(ended, MAX_ENDED);
    // A gap means an earlier commit was not told yet: read rather than skip it.
    if ((events[0]?.seq ?? 0) > seen + 1) catchUp();
    else for (const event of events) apply(event);
  });

  return {
    get: (taskId) => entryOf(taskId)?.record,
    list: (query) => log.tasks(query),
    task(taskId) {
      const entry = entryOf(taskId);
      return entry === undefined ? undefined : toTask(entry.record, entry.body);
    },
    expect(opening, at) {
      const entry = startEntry(opening, log.head() + 1, at, true);
      keep(entry);
      return entry.record;
    },
    forget(taskId, why) {
      if (open.get(taskId)?.expected !== true) return;
      open.delete(taskId);
      for (const follower of [...(followers.get(taskId) ?? [])])
        follower.lost(why);
    },
    follow(taskId, follower) {
      const listening = followers.get(taskId) ?? new Set();
      followers.set(taskId, listening);
      listening.add(follower);
      // Only what is in memory is told on.
      entryOf(taskId);
      const late = allLost;
      // A turn later: nobody expects to be called before they know how to stop.
      if (late !== undefined)
        queueMicrotask(() => {
          follower.lost(late);
        });
      return () => {
        listening.delete(follower);
        if (listening.size === 0 && followers.get(taskId) === listening)
          followers.delete(taskId);
      };
    },
    lose(error, taskId) {
      if (taskId === undefined) allLost = error;
      const groups =
        taskId === undefined
          ? [...followers.values()]
          : [followers.get(taskId) ?? []];
      for (const follower of groups.flatMap((group) => [...group]))
        follower.lost(error);
    },
    catchUp,
    turnedAt: (missionId) =>
      log.last(missionId, ["MissionStalled", "MissionResumed"])?.seq ?? 0,
    stop: unsubscribe,
  };
}
