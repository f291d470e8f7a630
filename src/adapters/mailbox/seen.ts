import type { DatabaseSync } from "node:sqlite";
import type { Job } from "./seenRuns.ts";
import { RUN_KEYS, SeenRuns } from "./seenRuns.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Every key that was ever stored, with its place. The newest keys, at most some ten thousand, are in memory and in the journal; the
 * rest lies on disk at 24 bytes each, behind filters of 2 bytes each in memory.
 */
export class Seen {
  readonly #db: DatabaseSync;
  readonly #runs: SeenRuns;
  #fresh = new Map<string, number>();
  /** Keys on their way to a run, those of the journal up to row `upTo`. */
  #frozen:
    | { readonly keys: ReadonlyMap<string, number>; readonly upTo: number }
    | undefined;
  #job: Job | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#runs = new SeenRuns(db);
  }

  /** Rows of the journal up to this one are not needed for their keys. */
  get upTo(): number {
    return this.#runs.upTo;
  }

  find(key: string): number | undefined {
    return (
      this.#fresh.get(key) ??
      this.#frozen?.keys.get(key) ??
      this.#runs.find(key)
    );
  }

  /** Remembers a key that is in the journal, committed. */
  add(key: string, seq: number): void {
    this.#fresh.set(key, seq);
  }

  /** Does a piece of what is due, some milliseconds, in a transaction of its own; `upTo` is the last row committed. Returns whether more is due. */
  step(upTo: number): boolean {
    const job = (this.#job ??= this.#next(upTo));
    if (job === undefined) return false;
    try {
      const piece = inTransaction(this.#db, () => job.next());
      if (piece.done !== true) return true;
      this.#job = undefined;
      piece.value();
    } catch (error) {
      this.#job = undefined;
      this.#runs.abandon();
      throw error;
    }
    return this.due();
  }

  /** Whether {@link step} has something to do. */
  due(): boolean {
    return (
      this.#job !== undefined ||
      this.#frozen !== undefined ||
      this.#fresh.size >= RUN_KEYS ||
      (this.#job = this.#runs.due()) !== undefined
    );
  }

  #next(upTo: number): Job | undefined {
    if (this.#frozen === undefined && this.#fresh.size >= RUN_KEYS) {
      this.#frozen = { keys: this.#fresh, upTo };
      this.#fresh = new Map();
    }
    return this.#frozen === undefined
      ? this.#runs.due()
      : this.#thaw(this.#frozen);
  }

  *#thaw(frozen: {
    readonly keys: ReadonlyMap<string, number>;
    readonly upTo: number;
  }): Job {
    const done = yield* this.#runs.write(frozen.keys, frozen.upTo);
    return () => {
      done();
      this.#frozen = undefined;
    };
  }
}
