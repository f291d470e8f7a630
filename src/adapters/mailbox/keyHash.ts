import { hash } from "node:crypto";

/** Two numbers of 32 bits that stand for a key in a filter; `secrets` make them another pair in every store. */
export function quickHash(
  key: string,
  secrets: readonly [number, number],
): { readonly a: number; readonly b: number } {
  let [a, b] = secrets;
  for (let i = 0; i < key.length; i += 1) {
    const unit = key.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x85ebca77);
    b = (b << 11) | (b >>> 21);
  }
  return { a: mix(a ^ (b >>> 7)), b: mix(b + key.length) };
}

// The last step of MurmurHash3 (Austin Appleby, public domain): every bit of the input moves every bit of the result.
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Bytes of a key's print. */
export const PRINT_BYTES = 18;

/** Writes what stands for a key for ever: its quick hash and the first 10 bytes of its SHA-256. */
export function writePrint(
  into: Buffer,
  at: number,
  key: string,
  { a, b }: { readonly a: number; readonly b: number },
): void {
  into.writeUInt32BE(a, at);
  into.writeUInt32BE(b, at + 4);
  into.write(hash("sha256", key, "binary"), at + 8, 10, "latin1");
}

/** The print of a key alone. */
export function printOf(
  key: string,
  quick: { readonly a: number; readonly b: number },
): Buffer {
  const print = Buffer.allocUnsafe(PRINT_BYTES);
  writePrint(print, 0, key, quick);
  return print;
}
