/** The lines in which two texts differ. */
export interface Difference {
  /** 1-based numbers in the new text. */
  readonly added: ReadonlySet<number>;
  /** 1-based numbers in the old text. */
  readonly removed: ReadonlySet<number>;
}

/**
 * Compares two texts by line in linear time: lines that occur once in both are the same line, and so are equal neighbours of the same
 * (P. Heckel, "A technique for isolating differences between files", 1978). Moved lines count as the same; where a line could be
 * either, it counts as changed, so that nothing new is ever taken for old because it resembles something elsewhere.
 */
export function compareLines(before: string, after: string): Difference {
  const old = linesOf(before);
  const now = linesOf(after);
  const mate = new Int32Array(now.length).fill(-1);
  const taken = new Uint8Array(old.length);
  const pair = (newAt: number, oldAt: number): void => {
    mate[newAt] = oldAt;
    taken[oldAt] = 1;
  };
  const fits = (newAt: number, oldAt: number): boolean =>
    newAt >= 0 &&
    oldAt >= 0 &&
    newAt < now.length &&
    oldAt < old.length &&
    mate[newAt] === -1 &&
    taken[oldAt] === 0 &&
    now[newAt] === old[oldAt];

  for (let at = 0; fits(at, at); at += 1) pair(at, at);
  const shift = old.length - now.length;
  for (let at = now.length - 1; fits(at, at + shift); at -= 1)
    pair(at, at + shift);
  const once = uniques(old);
  for (const [line, newAt] of uniques(now)) {
    const oldAt = once.get(line);
    if (newAt >= 0 && oldAt !== undefined && fits(newAt, oldAt))
      pair(newAt, oldAt);
  }
  for (let at = 0; at < now.length; at += 1) {
    const oldAt = mate[at] ?? -1;
    if (oldAt >= 0 && fits(at + 1, oldAt + 1)) pair(at + 1, oldAt + 1);
  }
  for (let at = now.length - 1; at >= 0; at -= 1) {
    const oldAt = mate[at] ?? -1;
    if (oldAt >= 0 && fits(at - 1, oldAt - 1)) pair(at - 1, oldAt - 1);
  }
  return {
    added: numbers(now.length, (at) => mate[at] === -1),
    removed: numbers(old.length, (at) => taken[at] === 0),
  };
}

/** Lines as git counts them: what follows the last line end is a line only when there is something. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** Place of each line that occurs once; −1 for those that occur more often. */
function uniques(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  lines.forEach((line, at) => {
    found.set(line, found.has(line) ? -1 : at);
  });
  return found;
}

function numbers(
  count: number,
  holds: (at: number) => boolean,
): ReadonlySet<number> {
  const set = new Set<number>();
  for (let at = 0; at < count; at += 1) if (holds(at)) set.add(at + 1);
  return set;
}
