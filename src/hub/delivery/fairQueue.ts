import { PRIORITY } from "../../protocol/envelope.ts";

/** What lies in a queue. */
export interface Queued {
  readonly seq: number;
  readonly priority: number;
}

interface Lane<T> {
  /** Items that were taken before, lowest place first. */
  again: T[];
  fresh: T[];
  /** How many of `fresh` are gone. */
  head: number;
  /** When it is the lane's turn: the lowest goes first. */
  turn: number;
}

const LANES = PRIORITY.max + 1;

/**
 * Higher priorities first, but not only: where all eleven have something, priority p gets 2^p of 2,047 turns (stride scheduling,
 * Waldspurger and Weihl 1995). So the k-th item of its priority is taken after at most k · 2,047 / 2^p + 11 others, whatever comes
 * later. In order within a priority.
 */
export class FairQueue<T extends Queued> {
  readonly #lanes: readonly Lane<T>[] = Array.from({ length: LANES }, () => ({
    again: [],
    fresh: [],
    head: 0,
    turn: 0,
  }));
  #now = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    this.#enter(item).fresh.push(item);
  }

  /** Puts back what was taken, before everything of its priority with a higher place. */
  back(item: T): void {
    const { again } = this.#enter(item);
    let at = again.length;
    while (at > 0 && (again[at - 1]?.seq ?? 0) > item.seq) at -= 1;
    again.splice(at, 0, item);
  }

  take(): T | undefined {
    let next: Lane<T> | undefined;
    let priority = 0;
    for (let p = LANES - 1; p >= 0; p -= 1) {
      const lane = this.#lanes[p];
      if (lane === undefined || isEmpty(lane)) continue;
      if (next !== undefined && lane.turn >= next.turn) continue;
      next = lane;
      priority = p;
    }
    if (next === undefined) return undefined;
    this.#now = next.turn;
    next.turn += strideOf(priority);
    this.#size -= 1;
    return takeFrom(next);
  }

  /** Takes out everything `goes` says of, and returns it. */
  remove(goes: (item: T) => boolean): readonly T[] {
    const gone: T[] = [];
    const stays = (item: T): boolean => {
      if (!goes(item)) return true;
      gone.push(item);
      return false;
    };
    for (const lane of this.#lanes) {
      lane.again = lane.again.filter(stays);
      lane.fresh = lane.fresh.slice(lane.head).filter(stays);
      lane.head = 0;
    }
    this.#size -= gone.length;
    return gone;
  }

  #enter(item: T): Lane<T> {
    const lane = this.#lanes[item.priority];
    if (lane === undefined)
      throw new RangeError(`${String(item.priority)} is no priority`);
    // Who had nothing to say has saved up no turns.
    if (isEmpty(lane))
      lane.turn = Math.max(lane.turn, this.#now + strideOf(item.priority));
    this.#size += 1;
    return lane;
  }
}

/** How far apart the turns of a priority are. */
function strideOf(priority: number): number {
  return 2 ** (PRIORITY.max - priority);
}

function isEmpty<T>({ again, fresh, head }: Lane<T>): boolean {
  return again.length === 0 && head >= fresh.length;
}

function takeFrom<T extends Queued>(lane: Lane<T>): T | undefined {
  if (lane.again.length > 0) return lane.again.shift();
  const item = lane.fresh[lane.head];
  lane.head += 1;
  if (lane.head >= lane.fresh.length) {
    lane.fresh = [];
    lane.head = 0;
  } else if (lane.head >= 4096 && lane.head * 2 >= lane.fresh.length) {
    lane.fresh = lane.fresh.slice(lane.head);
    lane.head = 0;
  }
  return item;
}
