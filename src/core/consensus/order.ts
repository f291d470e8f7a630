/** Orders that are the same on every machine; no locale is asked. */

/** Compares by UTF-16 code units: negative, 0 or positive. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The first comparison that is not 0, else 0. */
export function compareAll(...comparisons: readonly number[]): number {
  return comparisons.find((result) => result !== 0) ?? 0;
}
