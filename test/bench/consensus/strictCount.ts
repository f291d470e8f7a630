/** Strict counting of reports: one issue is found once, and everything that is not a first find is a false alarm. */

/** What came of one change: reports made, and issues found by them. */
export interface Count {
  readonly reported: number;
  readonly found: number;
}

/** Precision, recall and their harmonic mean, each 0 where it would be 0 / 0. */
export interface Rates {
  readonly p: number;
  readonly r: number;
  readonly f1: number;
}

/** Counts reports in order: a report is a hit when it matches an issue that no earlier one matched. */
export function strictly(matches: readonly (string | null)[]): Count {
  const found = new Set(matches.filter((match) => match !== null));
  return { reported: matches.length, found: found.size };
}

/** Rates over several changes, pooled: sums first, then ratios. */
export function ratesOf(counts: readonly Count[], issues: number): Rates {
  let reported = 0;
  let found = 0;
  for (const count of counts) {
    reported += count.reported;
    found += count.found;
  }
  return {
    p: reported === 0 ? 0 : found / reported,
    r: issues === 0 ? 0 : found / issues,
    f1: reported + issues === 0 ? 0 : (2 * found) / (reported + issues),
  };
}

/** The mean of each rate. */
export function meanRates(rates: readonly Rates[]): Rates {
  const mean = (of: (rate: Rates) => number): number =>
    rates.reduce((sum, rate) => sum + of(rate), 0) / rates.length;
  return {
    p: mean(({ p }) => p),
    r: mean(({ r }) => r),
    f1: mean(({ f1 }) => f1),
  };
}
