/** Chance that a replay sees again. */

/** Draws whole numbers from 0 to `below` − 1 (0 where `below` is less than 1), the same ones for the same seed; mulberry32. */
export function createChance(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    const drawn = (bits ^ (bits >>> 14)) >>> 0;
    return below < 1 ? 0 : drawn % Math.floor(below);
  };
}
