/** How large the binary files of a patch become, told before git unpacks any of them. */
import { readFile } from "node:fs/promises";
import { constants, inflateSync } from "node:zlib";
import { RoundtableError } from "../../core/errors.ts";

/** Most bytes all binary files of a patch may have once they are unpacked. */
const MAX_UNPACKED = 200_000_000;

/** Digits of git's base 85 (git's base85.c). */
const DIGITS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** Rejects with `path-denied` when binary files of the patch would become larger than anyone would send: literally, or as a delta that copies itself over and over. */
export async function refuseSwelling(file: string): Promise<void> {
  const text = await readFile(file, "latin1");
  let bytes = 0;
  for (const found of text.matchAll(
    /(?<![^\n])(?<how>literal|delta) (?<size>\d{1,15})\n(?<line>[^\n]*)/gu,
  )) {
    const { how, size, line } = found.groups ?? {};
    bytes += Number(size);
    if (how === "delta") bytes += deltaResult(line ?? "");
    if (bytes > MAX_UNPACKED)
      throw new RoundtableError(
        "path-denied",
        "The change was not taken: its binary files are far larger than what was sent.",
        "Nothing was changed. Ask the person at the other hub what they hold.",
      );
  }
}

/** The size of what a delta makes: the second number at its beginning (git's pack format). A line that cannot be read makes the patch one that git refuses. */
function deltaResult(line: string): number {
  let start: Buffer;
  try {
    start = inflateSync(decode85(line.slice(1)), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 1_000_000,
    });
  } catch {
    return MAX_UNPACKED + 1;
  }
  const [, after] = varint(start, 0);
  return varint(start, after)[0];
}

function varint(bytes: Buffer, from: number): [value: number, after: number] {
  let value = 0;
  let at = from;
  for (let shift = 1; at < bytes.length; shift *= 128) {
    const byte = bytes[at] ?? 0;
    at += 1;
    value += (byte % 128) * shift;
    if (byte < 128) break;
  }
  return [value, at];
}

/** Five digits are four bytes, the first digit the highest. */
function decode85(text: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at + 5 <= text.length; at += 5) {
    let word = 0;
    for (const digit of text.slice(at, at + 5))
      word = word * 85 + DIGITS.indexOf(digit);
    bytes.push(
      Math.floor(word / 2 ** 24) % 256,
      Math.floor(word / 2 ** 16) % 256,
      Math.floor(word / 2 ** 8) % 256,
      word % 256,
    );
  }
  return Buffer.from(bytes);
}
