/** Where the lines of a text are in a later version of it. */

/** Where a line is now. `changed` when it was edited or taken out; `line` is then where it would be, next to what is left of its surroundings. */
export interface LineNow {
  /** 1-based; 0 stays 0, the whole file. */
  readonly line: number;
  readonly changed: boolean;
}

/**
 * Follows 1-based lines from one text to another, in linear time: what both begin and end with is the same, lines that occur once in both are
 * the same line wherever they moved, and so are equal neighbours of the same (P. Heckel, "A technique for isolating differences between
 * files", 1978). A line that was only indented anew counts as the same. Line 0, the whole file, has changed with any difference.
 */
export function mapLines(
  before: string,
  after: string,
): (line: number) => LineNow {
  const old = linesOf(before);
  const now = linesOf(after);
  const place = new Int32Array(old.length).fill(-1);
  const taken = new Uint8Array(now.length);
  const pair = (oldAt: number, newAt: number): void => {
    place[oldAt] = newAt;
    taken[newAt] = 1;
  };
  const isFree = (oldAt: number, newAt: number): boolean =>
    oldAt >= 0 &&
    newAt >= 0 &&
    oldAt < old.length &&
    newAt < now.length &&
    place[oldAt] === -1 &&
    taken[newAt] === 0;
  const fits = (oldAt: number, newAt: number): boolean =>
    isFree(oldAt, newAt) && old[oldAt] === now[newAt];

  for (let at = 0; fits(at, at); at += 1) pair(at, at);
  const shift = now.length - old.length;
  for (let at = old.length - 1; fits(at, at + shift); at -= 1)
    pair(at, at + shift);
  pairUnique(old, now, (text) => text, fits, pair);
  for (let at = 0; at < old.length; at += 1) {
    const next = place[at] ?? -1;
    if (next >= 0 && fits(at + 1, next + 1)) pair(at + 1, next + 1);
  }
  for (let at = old.length - 1; at >= 0; at -= 1) {
    const next = place[at] ?? -1;
    if (next >= 0 && fits(at - 1, next - 1)) pair(at - 1, next - 1);
  }
  pairUnique(old, now, (text) => text.trim(), isFree, pair);

  return (line) => {
    if (line <= 0) return { line: 0, changed: before !== after };
    const found = place[line - 1] ?? -1;
    if (found >= 0) return { line: found + 1, changed: false };
    // After the nearest line above that is still there.
    for (let at = Math.min(line - 2, old.length - 1); at >= 0; at -= 1) {
      const above = place[at] ?? -1;
      if (above >= 0)
        return { line: clamp(above + line - at, now.length), changed: true };
    }
    return { line: clamp(line, now.length), changed: true };
  };
}

/** Pairs lines that, seen through `look`, occur once in each text; blank ones never. */
function pairUnique(
  old: readonly string[],
  now: readonly string[],
  look: (text: string) => string,
  fits: (oldAt: number, newAt: number) => boolean,
  pair: (oldAt: number, newAt: number) => void,
): void {
  const once = uniques(old.map(look));
  for (const [text, newAt] of uniques(now.map(look))) {
    const oldAt = once.get(text) ?? -1;
    if (text.trim() !== "" && newAt >= 0 && fits(oldAt, newAt))
      pair(oldAt, newAt);
  }
}

/** Place of each line that occurs once; −1 for those that occur more often. */
function uniques(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  lines.forEach((line, at) => {
    found.set(line, found.has(line) ? -1 : at);
  });
  return found;
}

/** The lines of a text without their ends; what follows the last end is a line only when there is something. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** Share of the lines of `one` that `other` has too, per cent; blank lines do not count. */
export function sharedLines(one: string, other: string): number {
  const own = linesOf(one)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const theirs = new Set(linesOf(other).map((line) => line.trim()));
  const shared = own.filter((line) => theirs.has(line)).length;
  return own.length === 0 ? 0 : Math.round((100 * shared) / own.length);
}

function clamp(line: number, lines: number): number {
  return Math.max(1, Math.min(line, Math.max(1, lines)));
}
