/** Whole numbers that look random and are the same for the same seed. */
export interface Seeded {
  /** From 0 to `below` - 1. */
  below(below: number): number;
  /** One of them; there must be one. */
  of<T>(all: readonly T[]): T;
}

/** Numbers of Mulberry32 (Tommy Ettinger, public domain). */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    of(all) {
      const one = all[below(all.length)];
      if (one === undefined) throw new Error("there is nothing to choose from");
      return one;
    },
  };
}
