/** How benches say what they measured: one JSON line per comparison on standard output, everything else on standard error. */

/** A figure beside the one it is held against. */
export interface Comparison {
  readonly bench: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
  /** The bar for ours ÷ theirs. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Prints a comparison; a missed bar is said on standard error and makes the process end with 1. */
export function compare({
  bench,
  ours,
  theirs,
  unit,
  atLeast = -Infinity,
  atMost = Infinity,
}: Comparison): void {
  const ratio = ours / theirs;
  process.stdout.write(
    `${JSON.stringify({ bench, ours: rounded(ours), theirs: rounded(theirs), unit, ratio: rounded(ratio) })}\n`,
  );
  if (ratio >= atLeast && ratio <= atMost) return;
  const bar =
    atLeast > -Infinity
      ? `at least ${String(atLeast)}`
      : `at most ${String(atMost)}`;
  console.error(`MISSED: ${bench} is ${ratio.toFixed(2)}, should be ${bar}.`);
  process.exitCode = 1;
}
