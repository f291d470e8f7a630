import type { Clock } from "../../ports.ts";
import type { Arena } from "./arena.ts";
import { createArena } from "./arena.ts";

/** Something with frames to write at the end of a turn. */
interface Flushed {
  flush(): void;
}

/** What all wires of a hub share: the memory of the turn, and who has something to write at its end. */
export class Wires {
  readonly arena: Arena = createArena();
  readonly #clock: Clock;
  readonly #onExpired: (count: number) => void;
  #dirty: Flushed[] = [];
  constructor(clock: Clock, onExpired: (count: number) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }
  now(): number {
    return this.#clock.now();
  }
  expired(count: number): void {
    this.#onExpired(count);
  }
  /** Has the wire flushed once this turn of the event loop is over. */
  later(wire: Flushed): void {
    if (this.#dirty.length === 0)
      setImmediate(() => {
        const dirty = this.#dirty;
        this.#dirty = [];
        for (const each of dirty) each.flush();
        this.arena.turn();
      });
    this.#dirty.push(wire);
  }
}
