import type {
  Message,
  StreamResponse,
  Task,
  TaskState,
} from "../protocol/a2a.ts";
import type { Recorded } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";
import type { TaskBody } from "./taskBody.ts";
import { applyToBody, startBody, toTask } from "./taskBody.ts";
import { updateOf } from "./update.ts";

/** Bodies of ended tasks that are kept; older ones are folded from the log again when asked for. */
const MAX_ENDED_BODIES = 64;
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

/** All tasks, as the log tells them. */
export interface Tasks {
  get(taskId: string): TaskRecord | undefined;
  all(): Iterable<TaskRecord>;
  /** The whole task; undefined when there is none. */
  task(taskId: string): Task | undefined;
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

function taskIdOf(event: Recorded): string | undefined {
  switch (event.type) {
    case "TaskSubmitted":
    case "TaskStatusChanged":
    case "TaskArtifactAdded":
    case "TaskReassigned":
      return event.data.taskId;
    case "MessageSent":
      return event.data.message.taskId;
    default:
      return undefined;
  }
}

/** Folds the log into tasks and goes on folding as it grows. */
export function foldTasks(log: EventLog): Tasks {
  const records = new Map<string, MutableRecord>();
  const bodies = new Map<string, TaskBody>();
  const ended = new Set<string>();
  const followers = new Map<string, Set<Follower>>();
  const turns = new Map<string, number>();
  let allLost: Error | undefined;
  let seen = 0;

  function keepEnded(taskId: string): void {
    ended.delete(taskId);
    ended.add(taskId);
    if (ended.size <= MAX_ENDED_BODIES) return;
    const [oldest] = ended;
    if (oldest === undefined) return;
    ended.delete(oldest);
    bodies.delete(oldest);
  }

  function open(event: Recorded & { readonly type: "TaskSubmitted" }): void {
    const { taskId, contextId, agentId, message } = event.data;
    const { to = agentId, from } = event.data;
    records.set(taskId, {
      id: taskId,
      contextId,
      agentId,
      to,
      from,
      takeovers: 0,
      message,
      openedSeq: event.seq,
      openedAt: event.at,
      state: "TASK_STATE_SUBMITTED",
      statusSeq: event.seq,
      statusAt: event.at,
    });
    bodies.set(taskId, startBody(message, event.at, { taskId, contextId }));
  }

  function tell(record: TaskRecord, body: TaskBody, event: Recorded): void {
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
      open(event);
      return;
    }
    if (event.type === "MissionStalled" || event.type === "MissionResumed") {
      turns.set(event.missionId, event.seq);
      return;
    }
    const record = records.get(taskIdOf(event) ?? "");
    if (record === undefined) return;
    const body = bodies.get(record.id);
    if (body !== undefined) applyToBody(body, event);
    if (event.type === "TaskReassigned") {
      record.agentId = event.data.to;
      record.takeovers += 1;
    }
    if (event.type === "TaskStatusChanged") {
      record.state = event.data.status.state;
      record.statusSeq = event.seq;
      record.statusAt = event.at;
      if (isTerminal(record.state)) keepEnded(record.id);
    }
    if (body !== undefined) tell(record, body, event);
  }

  function catchUp(): void {
    while (log.head() > seen) {
      const page = log.read({ after: seen, limit: PAGE });
      for (const event of page) apply(event);
      if (page.length === 0) return;
    }
  }

  function refold(record: TaskRecord): TaskBody {
    const { id: taskId, contextId } = record;
    const body = startBody(record.message, record.openedAt, {
      taskId,
      contextId,
    });
    for (const event of log.mission(contextId))
      if (event.seq > record.openedSeq && taskIdOf(event) === taskId)
        applyToBody(body, event);
    return body;
  }

  function bodyOf(record: TaskRecord): TaskBody {
    let body = bodies.get(record.id);
    if (body === undefined) {
      body = refold(record);
      bodies.set(record.id, body);
    }
    if (isTerminal(record.state)) keepEnded(record.id);
    return body;
  }

  const unsubscribe = log.subscribe((events) => {
    // A gap means an earlier commit was not told yet: read rather than skip it.
    if ((events[0]?.seq ?? 0) > seen + 1) catchUp();
    else for (const event of events) apply(event);
  });
  catchUp();

  return {
    get: (taskId) => records.get(taskId),
    all: () => records.values(),
    task(taskId) {
      const record = records.get(taskId);
      return record === undefined ? undefined : toTask(record, bodyOf(record));
    },
    follow(taskId, follower) {
      const listening = followers.get(taskId) ?? new Set();
      followers.set(taskId, listening);
      listening.add(follower);
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
    turnedAt: (missionId) => turns.get(missionId) ?? 0,
    stop: unsubscribe,
  };
}
