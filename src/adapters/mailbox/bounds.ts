import type { Box, Holdings } from "./holdings.ts";

/** How much may wait. */
export interface Bounds {
  /** Letters in one mailbox; 100,000 by default. */
  readonly boxLetters: number;
  /** Bytes of headers and payloads in one mailbox; 256 MiB by default. */
  readonly boxBytes: number;
  /** Letters in all mailboxes together; 400,000 by default. */
  readonly letters: number;
  /** Bytes in all mailboxes, dead letters included; 1 GiB by default. */
  readonly bytes: number;
  /** Mailboxes that were ever used; 10,000 by default. */
  readonly boxes: number;
  /** Bytes of bodies that stay in memory; 16 MiB by default. */
  readonly cacheBytes: number;
}

/** The bounds where nobody asks for others. */
export const BOUNDS: Bounds = {
  boxLetters: 100_000,
  boxBytes: 256 * 2 ** 20,
  letters: 400_000,
  bytes: 2 ** 30,
  boxes: 10_000,
  cacheBytes: 16 * 2 ** 20,
};

/** Why a letter of that many bytes does not fit into all of these mailboxes, as the end of a sentence; undefined where it does. */
export function roomFor(
  names: readonly string[],
  bytes: number,
  holdings: Holdings,
  bounds: Bounds,
): string | undefined {
  if (holdings.letters + names.length > bounds.letters)
    return `${String(holdings.letters)} messages wait in all mailboxes together`;
  if (
    names.length > 0 &&
    holdings.bytes + holdings.deadBytes + bytes > bounds.bytes
  )
    return `what waits and the dead letters take ${String(holdings.bytes + holdings.deadBytes)} bytes`;
  let unknown = 0;
  for (const name of names) {
    const box = holdings.box(name);
    if (box === undefined) unknown += 1;
    else if (isFull(box, bytes, bounds))
      return `${String(box.letters)} messages with ${String(box.bytes)} bytes wait for ${name}`;
  }
  return holdings.boxCount + unknown > bounds.boxes
    ? `there are ${String(holdings.boxCount)} mailboxes`
    : undefined;
}

function isFull(box: Box, bytes: number, bounds: Bounds): boolean {
  return (
    box.letters + 1 > bounds.boxLetters || box.bytes + bytes > bounds.boxBytes
  );
}
