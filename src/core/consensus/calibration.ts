/** What each trait of a cluster weighs, and how outcomes correct that. */
import type { Trait, Traits } from "./traits.ts";
import { TRAITS } from "./traits.ts";

/** Log-odds = intercept + Σ weight × trait, the weights per 1000 and all in milli-logits. */
export interface Calibration {
  readonly intercept: number;
  readonly weights: Readonly<Partial<Record<Trait, number>>>;
}

/** The rule as written: base rate and trust count in full and nothing else does. It holds until outcomes have been fitted. */
export const AS_WRITTEN: Calibration = {
  intercept: 0,
  weights: { base: 1000, trust: 1000 },
};

/** A cluster whose outcome is known. */
export interface Resolved {
  readonly traits: Traits;
  readonly real: boolean;
}

/** Traits that are fitted. The base rate of the class is what the words of the class are fitted to instead. */
const FITTED = TRAITS.filter((trait) => trait !== "base");

/** Newton steps; it has settled after far fewer. */
const STEPS = 12;

/** The log-odds of a cluster that has these traits, milli-logits. */
export function calibrated(
  { intercept, weights }: Calibration,
  traits: Traits,
): number {
  return TRAITS.reduce(
    (sum, trait) =>
      sum + Math.round(((weights[trait] ?? 0) * traits[trait]) / 1000),
    intercept,
  );
}

/**
 * The calibration that fits the outcomes: logistic regression on standardised traits, each weight drawn to zero by a ridge of `caution` outcomes.
 * {@link AS_WRITTEN} when all outcomes are alike. Deterministic; the order of `resolved` moves no weight by more than rounding.
 */
export function fitCalibration(
  resolved: readonly Resolved[],
  caution: number,
): Calibration {
  const real = resolved.filter((outcome) => outcome.real).length;
  if (real === 0 || real === resolved.length) return AS_WRITTEN;
  const scales = FITTED.map((trait) => scaleOf(resolved, trait));
  const width = FITTED.length + 1;
  const rows = new Float64Array(resolved.length * width);
  resolved.forEach(({ traits }, index) => {
    rows[index * width] = 1;
    FITTED.forEach((trait, column) => {
      const { mean, spread } = scales[column] ?? { mean: 0, spread: 1 };
      rows[index * width + column + 1] = (traits[trait] - mean) / spread;
    });
  });
  const fitted = newton(
    rows,
    resolved.map((outcome) => (outcome.real ? 1 : 0)),
    width,
    caution,
  );
  let intercept = fitted[0] ?? 0;
  const weights = FITTED.map((trait, column) => {
    const { mean, spread } = scales[column] ?? { mean: 0, spread: 1 };
    const slope = (fitted[column + 1] ?? 0) / spread;
    intercept -= slope * mean;
    // Per 1000 of a trait, in thousandths of a logit.
    return [trait, Math.round(slope * 1_000_000)] as const;
  });
  return {
    intercept: Math.round(intercept * 1000),
    weights: Object.fromEntries(weights),
  };
}

function scaleOf(
  resolved: readonly Resolved[],
  trait: Trait,
): { readonly mean: number; readonly spread: number } {
  let sum = 0;
  let squares = 0;
  for (const { traits } of resolved) {
    sum += traits[trait];
    squares += traits[trait] ** 2;
  }
  const mean = sum / resolved.length;
  const variance = squares / resolved.length - mean ** 2;
  return { mean, spread: variance > 1e-9 ? Math.sqrt(variance) : 1 };
}

/** Minimises the ridge-penalised logistic loss; the first column, the intercept, is not penalised. */
function newton(
  rows: Float64Array,
  outcomes: readonly number[],
  width: number,
  caution: number,
): readonly number[] {
  const weights = new Array<number>(width).fill(0);
  for (let step = 0; step < STEPS; step += 1) {
    const gradient = weights.map((weight, at) =>
      at === 0 ? 0 : -caution * weight,
    );
    const curvature = weights.map((_, at) =>
      weights.map((__, other) =>
        at === other ? (at === 0 ? 1e-6 : caution) : 0,
      ),
    );
    outcomes.forEach((outcome, index) => {
      const start = index * width;
      let score = 0;
      for (let at = 0; at < width; at += 1)
        score += (weights[at] ?? 0) * (rows[start + at] ?? 0);
      const chance = 1 / (1 + Math.exp(-score));
      const weight = chance * (1 - chance);
      for (let at = 0; at < width; at += 1) {
        const value = rows[start + at] ?? 0;
        gradient[at] = (gradient[at] ?? 0) + (outcome - chance) * value;
        const row = curvature[at];
        if (row === undefined) continue;
        for (let other = 0; other <= at; other += 1)
          row[other] =
            (row[other] ?? 0) + weight * value * (rows[start + other] ?? 0);
      }
    });
    const move = solve(curvature, gradient);
    move.forEach((by, at) => {
      weights[at] = (weights[at] ?? 0) + by;
    });
    if (move.every((by) => Math.abs(by) < 1e-9)) break;
  }
  return weights;
}

/** Solves a positive definite system, given by its lower triangle, by Cholesky's method. */
function solve(
  lower: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] {
  const factor = right.map(() => right.map(() => 0));
  const at = (row: number, column: number): number =>
    factor[row]?.[column] ?? 0;
  right.forEach((_, row) => {
    for (let column = 0; column <= row; column += 1) {
      let rest = lower[row]?.[column] ?? 0;
      for (let k = 0; k < column; k += 1) rest -= at(row, k) * at(column, k);
      const line = factor[row];
      if (line !== undefined)
        line[column] =
          row === column
            ? Math.sqrt(Math.max(rest, 1e-12))
            : rest / at(column, column);
    }
  });
  const half: number[] = [];
  right.forEach((value, row) => {
    let rest = value;
    for (let k = 0; k < row; k += 1) rest -= at(row, k) * (half[k] ?? 0);
    half.push(rest / at(row, row));
  });
  const solution = right.map(() => 0);
  for (let row = right.length - 1; row >= 0; row -= 1) {
    let rest = half[row] ?? 0;
    for (let k = row + 1; k < right.length; k += 1)
      rest -= at(k, row) * (solution[k] ?? 0);
    solution[row] = rest / at(row, row);
  }
  return solution;
}
