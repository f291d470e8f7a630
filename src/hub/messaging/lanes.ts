import type { Block } from "./arena.ts";
import { PRIORITY } from "../../protocol/envelope.ts";

/** Something that waits its turn. */
export interface Waiting {
  readonly bytes: Buffer;
  /** The block it lies in, where it is no copy. */
  readonly block?: Block;
  /** After this it is dropped, ms since 1970; 0 for never. */
  readonly expiresAt: number;
}

/** Above every message: the JSON-RPC frames of the same socket. */
export const RPC_LANE = PRIORITY.max + 1;

/** Of so many taken in a row one comes from a lane below the highest, so that every lane moves. */
const FAIR_SHARE = 8;

/** What waits for one reader, by priority: the highest first, in order within one, and no lane is ever starved. */
export interface Lanes {
  /** Bytes that wait. */
  bytes(): number;
  /** Adds an item; `priority` from 0 to {@link RPC_LANE}. */
  add(priority: number, item: Waiting): void;
  /** The next item; undefined when nothing waits. */
  take(): Waiting | undefined;
}

/** First in, first out; taking is cheap. */
interface Lane {
  items: Waiting[];
  at: number;
}

function shift(lane: Lane): Waiting | undefined {
  const item = lane.items[lane.at];
  lane.at += 1;
  if (lane.at >= 1024 || lane.at >= lane.items.length) {
    lane.items = lane.items.slice(lane.at);
    lane.at = 0;
  }
  return item;
}

/** Lanes with nothing in them. */
export function createLanes(): Lanes {
  const lanes: (Lane | undefined)[] = [];
  let bytes = 0;
  let inARow = 0;
  /** The lane that was last let ahead of a higher one. */
  let favoured = RPC_LANE;

  /** The highest lane below that one with something in it. */
  function below(lane: number): number | undefined {
    for (let at = Math.min(lane, lanes.length) - 1; at >= 0; at -= 1)
      if ((lanes[at]?.items.length ?? 0) > 0) return at;
    return undefined;
  }

  function next(highest: number): number {
    inARow += 1;
    if (inARow < FAIR_SHARE) return highest;
    inARow = 0;
    // Downwards lane by lane, then from the top again.
    const lower = below(Math.min(favoured, highest)) ?? below(highest);
    favoured = lower ?? RPC_LANE;
    return lower ?? highest;
  }

  return {
    bytes: () => bytes,
    add(priority, item) {
      (lanes[priority] ??= { items: [], at: 0 }).items.push(item);
      bytes += item.bytes.length;
    },
    take() {
      const highest = below(RPC_LANE + 1);
      const lane = highest === undefined ? undefined : lanes[next(highest)];
      if (lane === undefined) return undefined;
      const item = shift(lane);
      if (item !== undefined) bytes -= item.bytes.length;
      return item;
    },
  };
}
