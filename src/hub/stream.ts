import type { EventLog } from "../ports.ts";
import type { StreamResponse, TaskState } from "../protocol/a2a.ts";
import type { Recorded } from "../protocol/event.ts";
import { startBody, toTask } from "./taskBody.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { generationOf, updateOf } from "./update.ts";

/** Updates that may wait for a reader; one that is further behind is served from the log again. */
const MAX_WAITING = 1024;
/** Events that are read from the log at a time. */
const PAGE = 64;

const SHOWN = [
  "TaskSubmitted",
  "TaskStatusChanged",
  "TaskArtifactAdded",
] as const;

/** How a reader reads. */
export interface Reading {
  /** The stream ends with the update that leads to such a state. */
  readonly enough: (state: TaskState) => boolean;
  /** Ends the stream quietly. */
  readonly signal: AbortSignal;
  /** What this reader may see of an update. */
  readonly show: (update: StreamResponse) => StreamResponse;
  /** Waited for before each update that comes from the log, so that a replay is no faster than its reader. */
  readonly pace?: (() => Promise<void>) | undefined;
}

/** Updates of tasks in the order of the log, each exactly once. A stream holds a bounded number of them however slow its reader is. */
export interface Updates {
  /** The task as `first` shows it now, then what happens from now on. */
  fromNow(
    record: TaskRecord,
    first: StreamResponse,
    reading: Reading,
  ): AsyncIterable<StreamResponse>;
  /** Everything after a generation: from the log what was, then what happens. Generation 1 is the task as it was opened. */
  after(
    record: TaskRecord,
    generation: number,
    reading: Reading,
  ): AsyncIterable<StreamResponse>;
}

/** A place in a task's story: nothing after `seq` in the log has this generation or one before. */
interface Place {
  readonly generation: number;
  readonly seq: number;
}

interface Entry extends Place {
  readonly item: StreamResponse;
  readonly isLast: boolean;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function itemOf(
  event: Recorded,
  record: TaskRecord,
  generation: number,
): StreamResponse | undefined {
  const ids = { taskId: record.id, contextId: record.contextId };
  if (event.type !== "TaskSubmitted") return updateOf(event, ids, generation);
  const body = startBody(event.data.message, event.at, ids);
  return { task: toTask(record, body) };
}

/** Reads the updates of tasks from a log and from the fold over it. */
export function createUpdates(log: EventLog, tasks: Tasks): Updates {
  function open(
    record: TaskRecord,
    start: Place & { readonly isNow: boolean },
    after: number,
    first: StreamResponse | undefined,
    { enough, signal, show, pace }: Reading,
  ): AsyncIterable<StreamResponse> {
    /** The end of what the reader was given. */
    let at: Place = start;
    /** What came since, without a gap, as long as the reader is up to date. */
    let waiting: Entry[] = [];
    let isLive = start.isNow;
    let failure: Error | undefined;
    let wake: () => void = () => undefined;

    const stop = tasks.follow(record.id, {
      update(item, state, seq) {
        if (!isLive) return;
        const generation = generationOf(item);
        const known = waiting.at(-1)?.generation ?? at.generation;
        if (generation <= known) return;
        const isLast = item.statusUpdate !== undefined && enough(state);
        waiting.push({ item, generation, seq, isLast });
        if (generation > known + 1 || waiting.length > MAX_WAITING) {
          waiting = [];
          isLive = false;
        }
        wake();
      },
      lost(error) {
        failure ??= error;
        wake();
      },
    });
    const isOver = (): boolean => signal.aborted;
    const leave = (): void => {
      stop();
      waiting = [];
      signal.removeEventListener("abort", leave);
      wake();
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave);

    /** Reads on in the log; who comes to its end is live from there in the same turn, so that nothing falls in between. */
    function readOn(): readonly Entry[] {
      const events = log.read({
        missionId: record.contextId,
        taskId: record.id,
        types: SHOWN,
        after: at.seq,
        limit: PAGE,
      });
      const entries: Entry[] = [];
      let { generation } = at;
      for (const event of events) {
        if (!("taskId" in event.data) || event.data.taskId !== record.id)
          continue;
        // A task that was shown while its opening was on its way to the disk is past that.
        if (event.type === "TaskSubmitted" && generation > 0) continue;
        const item = itemOf(event, record, generation + 1);
        if (item === undefined) continue;
        generation += 1;
        const isLast =
          event.type === "TaskStatusChanged" && enough(event.data.status.state);
        entries.push({ item, generation, seq: event.seq, isLast });
      }
      at = { generation, seq: events.at(-1)?.seq ?? at.seq };
      isLive = events.length < PAGE;
      return entries;
    }

    async function next(): Promise<readonly Entry[]> {
      if (!isLive) {
        // A long replay lets others have their turn.
        await turn();
        if (isOver()) return [];
        return readOn();
      }
      const batch = waiting;
      waiting = [];
      at = batch.at(-1) ?? at;
      return batch;
    }

    async function* read(): AsyncGenerator<StreamResponse, void, undefined> {
      try {
        if (first !== undefined && !isOver()) yield first;
        while (!isOver()) {
          const isReplay = !isLive;
          for (const { item, generation, isLast } of await next()) {
            if (isReplay) await pace?.();
            if (isOver()) return;
            if (generation > after) yield show(item);
            if (isLast) return;
          }
          if (!isLive || waiting.length > 0) continue;
          if (failure !== undefined) throw failure;
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (isOver()) resolve();
          });
        }
      } finally {
        leave();
      }
    }
    return read();
  }

  return {
    fromNow(record, first, reading) {
      const generation = generationOf(first);
      const here = { generation, seq: log.head(), isNow: true };
      return open(record, here, generation, first, reading);
    },
    after(record, generation, reading) {
      const seq = record.openedSeq - 1;
      const opening = { generation: 0, seq, isNow: false };
      return open(record, opening, generation, undefined, reading);
    },
  };
}
