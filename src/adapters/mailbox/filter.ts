/** A Bloom filter over the keys of one run: it may say yes to a key it never saw, in about 1 of 2,000 cases, and never no to one it did. */

// 64 KiB for 32,768 keys: 16 bits each, six of them set.
const PART_BYTES = 65_536;
const BIT_MASK = PART_BYTES * 8 - 1;
const PROBES = 6;

/** An empty part. */
export function emptyPart(): Uint8Array {
  return new Uint8Array(PART_BYTES);
}

/** Which part of a run of that level a key belongs to: each level has eight times as many as the one below. */
export function partOf(level: number, a: number): number {
  return level === 0 ? 0 : a >>> (32 - 3 * level);
}

/** Remembers a key by its quick hash. */
export function remember(part: Uint8Array, a: number, b: number): void {
  const stride = (Math.imul(a, 0x27d4eb2f) >>> 0) | 1;
  for (let i = 0, at = b; i < PROBES; i += 1, at = (at + stride) >>> 0) {
    const byte = (at & BIT_MASK) >>> 3;
    part[byte] = (part[byte] ?? 0) | (1 << (at & 7));
  }
}

/** Whether the key may have been remembered. */
export function mayHold(part: Uint8Array, a: number, b: number): boolean {
  const stride = (Math.imul(a, 0x27d4eb2f) >>> 0) | 1;
  for (let i = 0, at = b; i < PROBES; i += 1, at = (at + stride) >>> 0)
    if (((part[(at & BIT_MASK) >>> 3] ?? 0) & (1 << (at & 7))) === 0)
      return false;
  return true;
}
