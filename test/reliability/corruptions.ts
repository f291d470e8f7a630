import type { Seeded } from "./seeded.ts";

/** What can happen to a file on a disk. */
export const DAMAGES = [
  "a flipped bit",
  "some flipped bits",
  "a page of noise",
  "a page of zeros",
  "a page of another place",
  "two pages swapped",
  "half a page of another place",
  "a cut",
] as const;

/** One of {@link DAMAGES}. */
export type Damage = (typeof DAMAGES)[number];

/** The bytes after `damage`; pages are those of the database, frames of a WAL one header longer. */
export function damaged(
  bytes: Buffer,
  damage: Damage,
  pageBytes: number,
  random: Seeded,
): Buffer {
  const out = Buffer.from(bytes);
  const page = (): number =>
    random.below(Math.max(1, Math.floor(out.length / pageBytes))) * pageBytes;
  const flip = (): void => {
    const at = random.below(out.length);
    out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
  };
  const at = page();
  const from = page();
  const end = Math.min(at + pageBytes, out.length);
  switch (damage) {
    case "a flipped bit":
      flip();
      break;
    case "some flipped bits":
      for (let n = 0; n < 16; n += 1) flip();
      break;
    case "a page of noise":
      for (let n = at; n < end; n += 1) out[n] = random.below(256);
      break;
    case "a page of zeros":
      out.fill(0, at, end);
      break;
    case "a page of another place":
      bytes.copy(out, at, from, Math.min(from + pageBytes, bytes.length));
      break;
    case "half a page of another place":
      bytes.copy(out, at, from, Math.min(from + pageBytes / 2, bytes.length));
      break;
    case "two pages swapped":
      bytes.copy(out, at, from, Math.min(from + pageBytes, bytes.length));
      bytes.copy(out, from, at, Math.min(at + pageBytes, bytes.length));
      break;
    case "a cut":
      return out.subarray(0, random.below(out.length));
  }
  return out;
}
