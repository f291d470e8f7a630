import type { TaskFact } from "../../core/taskFact.ts";
import type { Clock, EventLog, MissionFact, TaskQuery } from "../../ports.ts";
import type {
  Draft,
  DraftOf,
  EventType,
  Recorded,
  RecordedOf,
} from "../../protocol/event.ts";
import type { RoundtableError } from "../../core/errors.ts";
import { isProblem, toProblem } from "../../core/errors.ts";
import { markDamaged } from "./damage.ts";
import { checkDraft } from "./draft.ts";
import { Feed, logClosed } from "./feed.ts";
import type { Keeping } from "./keeping.ts";
import { logArchived } from "./keeping.ts";
import type { Lock } from "./lock.ts";
import { isDamage, translate } from "./sqliteTrouble.ts";
import type { Entry, Store } from "./store.ts";
import { findBroken } from "./verify.ts";

// About 10 ms of work: the event loop of an editor must not stand still for longer.
const ROWS_PER_COMMIT = 512;

interface Waiting {
  readonly entry: Entry;
  readonly resolve: (stored: readonly Recorded[]) => void;
  readonly reject: (error: RoundtableError) => void;
}

/** An event log in a SQLite file. Appends of one turn of the event loop share a commit and so an fsync. */
export class SqliteLog implements EventLog {
  readonly place: string;
  readonly epoch: number;
  readonly #store: Store;
  readonly #lock: Lock;
  readonly #clock: Clock;
  readonly #feed: Feed;
  readonly #onCommit: (tookMs: number) => void;
  #queue: Waiting[] = [];
  #scheduled = false;
  #closed = false;
  #fenced: RoundtableError | undefined;

  constructor(parts: {
    readonly store: Store;
    readonly lock: Lock;
    readonly clock: Clock;
    readonly file: string;
    readonly epoch: number;
    readonly onProblem: (problem: RoundtableError) => void;
    readonly onCommit?: (tookMs: number) => void;
  }) {
    this.place = parts.file;
    this.epoch = parts.epoch;
    this.#store = parts.store;
    this.#lock = parts.lock;
    this.#clock = parts.clock;
    this.#onCommit = parts.onCommit ?? (() => undefined);
    this.#feed = new Feed((error) => {
      parts.onProblem(toProblem(error));
    });
  }

  async append<T extends EventType>(draft: DraftOf<T>): Promise<RecordedOf<T>> {
    const [stored] = await this.appendAll([draft as unknown as Draft]);
    return stored as unknown as RecordedOf<T>;
  }

  async appendAll(drafts: readonly Draft[]): Promise<readonly Recorded[]> {
    if (this.#closed) throw logClosed();
    if (this.#fenced !== undefined) throw this.#fenced;
    const entry = drafts.map(checkDraft);
    if (entry.length === 0) return [];
    this.#refuseArchived(entry);
    return await new Promise((resolve, reject) => {
      this.#queue.push({ entry, resolve, reject });
      this.#schedule();
    });
  }

  read(query: Parameters<EventLog["read"]>[0]): readonly Recorded[] {
    return this.#reading(() => this.#store.read(query));
  }

  mission(missionId: string): readonly Recorded[] {
    // SQLite takes a negative limit as none.
    return this.#reading(() => this.#store.read({ missionId, limit: -1 }));
  }

  last(missionId: string, types: readonly EventType[]): Recorded | undefined {
    return this.#reading(() => this.#store.last(missionId, types));
  }

  task(taskId: string): TaskFact | undefined {
    return this.#reading(() => this.#store.task(taskId));
  }

  tasks(query: TaskQuery): ReturnType<EventLog["tasks"]> {
    return this.#reading(() => this.#store.tasks(query));
  }

  opened(query: Parameters<EventLog["opened"]>[0]): readonly MissionFact[] {
    return this.#reading(() => this.#store.missionFacts.opened(query));
  }

  missionCounts(): ReturnType<EventLog["missionCounts"]> {
    return this.#reading(() => this.#store.missionFacts.missionCounts());
  }

  snapshot(kind: string, key: string): ReturnType<EventLog["snapshot"]> {
    return this.#reading(() => this.#store.snapshot(kind, key));
  }

  keepSnapshot(kind: string, key: string, seq: number, body: unknown): void {
    if (!this.#closed) this.#store.keepSnapshot(kind, key, seq, body);
  }

  find(missionId: string, key: string): Recorded | undefined {
    return this.#reading(() => this.#store.find(missionId, key));
  }

  async waitFor<T extends EventType>(
    missionId: string,
    type: T,
    match: (event: RecordedOf<T>) => boolean,
    signal: AbortSignal,
  ): Promise<RecordedOf<T>> {
    const stored = this.#reading(() =>
      this.#store.read({ missionId, types: [type], limit: -1 }),
    );
    return await this.#feed.waitFor(missionId, type, match, signal, stored);
  }

  missions(): readonly string[] {
    return this.#reading(() => this.#store.missions());
  }

  head(): number {
    return this.#store.head();
  }

  subscribe(listener: (events: readonly Recorded[]) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  verify(): readonly { readonly missionId: string; readonly seq: number }[] {
    return this.#reading(() =>
      findBroken(this.#store.rows(), this.#store.archived()),
    );
  }

  /** What moves missions between the log and its archive. Everything acknowledged so far is stored first. */
  keeping(): Keeping {
    return {
      read: (work) => this.#reading(() => this.#store.reading(work)),
      move: (drafts, work) => {
        if (this.#closed) throw logClosed();
        if (this.#fenced !== undefined) throw this.#fenced;
        while (this.#queue.length > 0) this.#flush();
        this.#reading(() => {
          const { fresh } = this.#store.commit(
            [drafts.map(checkDraft)],
            () => this.#clock.now(),
            work,
          );
          this.#feed.publish(fresh);
        });
      },
    };
  }

  dispose(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      while (this.#queue.length > 0) this.#flush();
      this.#feed.close();
      this.#store.close();
      this.#lock.release();
    }
    return Promise.resolve();
  }

  /** Its keys are in the archive too: what is done once could be done a second time. */
  #refuseArchived(entry: Entry): void {
    const gone = entry.find(
      ({ missionId, key }) =>
        key !== undefined && this.#store.isArchived(missionId),
    );
    if (gone !== undefined) throw logArchived(gone.missionId);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const due = this.#takeDue();
    if (due.length === 0) return;
    try {
      const began = performance.now();
      const { stored, fresh } = this.#store.commit(
        due.map(({ entry }) => entry),
        () => this.#clock.now(),
      );
      this.#onCommit(performance.now() - began);
      for (const [i, { resolve }] of due.entries()) resolve(stored[i] ?? []);
      // Callers go on in a later microtask, so listeners know first what callers act on.
      if (fresh.length > 0) this.#feed.publish(fresh);
    } catch (error) {
      const problem = translate(error, this.place);
      if (isProblem(problem, "log-fenced")) this.#fenced = problem;
      for (const { reject } of due) reject(problem);
      // What was handed over later may follow from what is lost now.
      for (const { reject } of this.#queue.splice(0)) reject(problem);
    }
  }

  #takeDue(): readonly Waiting[] {
    let rows = 0;
    const end = this.#queue.findIndex(
      ({ entry }) => (rows += entry.length) >= ROWS_PER_COMMIT,
    );
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end + 1);
  }

  #reading<R>(read: () => R): R {
    if (this.#closed) throw logClosed();
    try {
      return read();
    } catch (error) {
      if (isDamage(error)) throw markDamaged(this.place);
      throw translate(error, this.place);
    }
  }
}
