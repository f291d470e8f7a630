import type { Clock } from "../../ports.ts";

/** Letters in one turn of the event loop that let a commit wait for the next one, and for how many. */
const CROWD = 16;
const CROWD_TURNS = 8;

/** When commits happen: soon after a letter came, in a crowd a little later, and at leisure where nobody waits for it. */
export class Pacer {
  readonly #clock: Clock;
  readonly #flush: () => void;
  readonly #waiting: () => number;
  readonly #enough: number;
  readonly #life = new AbortController();
  #soon = false;
  #later = false;

  /** `flush` writes a commit, `waiting` says how many letters are left for the next one, `enough` fill one. */
  constructor(parts: {
    readonly clock: Clock;
    readonly flush: () => void;
    readonly waiting: () => number;
    readonly enough: number;
  }) {
    this.#clock = parts.clock;
    this.#flush = parts.flush;
    this.#waiting = parts.waiting;
    this.#enough = parts.enough;
  }

  /** Flushes within this turn of the event loop, or within the next ones while letters come in crowds. */
  soon(): void {
    if (this.#soon) return;
    this.#soon = true;
    this.#nextTurn(0, 0);
  }

  /** Flushes after `ms` at the latest. */
  later(ms: number): void {
    if (this.#soon || this.#later || this.#life.signal.aborted) return;
    this.#later = true;
    this.#clock.after(ms, this.#life.signal).then(
      () => {
        this.#later = false;
        this.#flush();
      },
      // Aborted: the store is closed.
      () => undefined,
    );
  }

  stop(): void {
    this.#life.abort();
  }

  /** In a crowd a commit waits for the next turn, as long as each turn brings many more: reading what has come costs less than an fsync. */
  #nextTurn(turns: number, before: number): void {
    setImmediate(() => {
      const waiting = this.#waiting();
      const crowd =
        waiting - before >= CROWD &&
        waiting < this.#enough &&
        turns < CROWD_TURNS;
      if (crowd) {
        this.#nextTurn(turns + 1, waiting);
        return;
      }
      this.#soon = false;
      this.#flush();
      if (this.#waiting() > 0) this.soon();
    });
  }
}
