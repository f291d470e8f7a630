import type { Held, Holdings, Segment } from "./holdings.ts";

/** Garbage on disk that is not worth moving anything for. */
const BODY_SLACK = 16 * 2 ** 20;
const ENTRY_SLACK = 16 * 2 ** 20;
const ENTRY_BYTES = 512;
/** Moved with one commit at most. */
const MOVED_BYTES = 256 * 1024;
const ROWS_PER_COMMIT = 256;

/**
 * The oldest letters, when so much of what lies on disk with them is settled that it pays to write them anew: the disk holds at most
 * twice what waits and some 16 MiB.
 */
export function stragglers(
  holdings: Holdings,
  seenUpTo: number,
): readonly Held[] {
  const { bodies, entries } = holdings.onDisk;
  const first = firstOf(holdings.all());
  if (first === undefined) return [];
  const crowded = bodies > 2 * holdings.bytes + BODY_SLACK;
  // Entries whose keys are in no run yet have to stay anyway.
  const long =
    entries > holdings.count * ENTRY_BYTES + ENTRY_SLACK &&
    first.segment.n <= seenUpTo;
  if (!crowded && !long) return [];
  const moving: Held[] = [];
  let bytes = 0;
  for (const held of holdings.all()) {
    moving.push(held);
    bytes += held.headerBytes + held.payloadBytes;
    if (bytes >= MOVED_BYTES) break;
  }
  return moving;
}

/** Rows of the journal that say nothing any more: the oldest ones, as long as nothing in them waits and their keys are in a run. */
export function outlived(
  holdings: Holdings,
  seenUpTo: number,
  newest: number,
): readonly Segment[] {
  const rows: Segment[] = [];
  for (const segment of holdings.segments()) {
    if (segment.live > 0 || segment.hasBodies) break;
    if (segment.n > seenUpTo || segment.n >= newest) break;
    if (rows.push(segment) >= ROWS_PER_COMMIT) break;
  }
  return rows;
}

function firstOf<T>(all: Iterable<T>): T | undefined {
  for (const one of all) return one;
  return undefined;
}
