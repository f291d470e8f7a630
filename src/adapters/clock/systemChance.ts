import { randomFillSync, randomInt } from "node:crypto";
import type { Chance, Clock } from "../../ports.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
/** Random bytes are fetched for many ids at once; each is used once. */
const pool = new Uint8Array(RANDOM_LENGTH * 256);
let used = pool.length;

/** The machine's random source; ids are lower-case ULIDs: 48 bits of time in ms, then 80 random bits. */
export function systemChance(clock: Clock): Chance {
  return {
    id: () => timePart(clock.now()) + randomPart(),
    seed: () => randomInt(2 ** 31),
  };
}

function timePart(ms: number): string {
  let rest = Math.max(0, Math.floor(ms));
  let text = "";
  for (let place = 0; place < TIME_LENGTH; place += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function randomPart(): string {
  if (used + RANDOM_LENGTH > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = "";
  for (const byte of pool.subarray(used, (used += RANDOM_LENGTH)))
    // 256 is a multiple of 32, so the remainder is not biased.
    text += ALPHABET.charAt(byte % 32);
  return text;
}
