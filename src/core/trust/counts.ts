/** What is remembered of how well a voice told real from not real. Whole numbers only, so that every replay ends with the same trust. */

/** One outcome of full weight, in the unit counts are kept in. */
export const ONE = 1_000_000;

/** How often a voice was right and wrong, in millionths of an outcome, each faded by age. */
export interface Outcomes {
  /** Real, and it had raised it. */
  readonly hits: number;
  /** Real, and it had said nothing. */
  readonly misses: number;
  /** Not real, and it had raised it. */
  readonly alarms: number;
  /** Not real, and it had said nothing. */
  readonly rests: number;
}

export const NOTHING: Outcomes = { hits: 0, misses: 0, alarms: 0, rests: 0 };

/** One outcome more, of `weight` per mille of a whole one. */
export function withOutcome(
  outcomes: Outcomes,
  { flagged, real }: { readonly flagged: boolean; readonly real: boolean },
  weight: number,
): Outcomes {
  const kind = real
    ? flagged
      ? "hits"
      : "misses"
    : flagged
      ? "alarms"
      : "rests";
  return {
    ...outcomes,
    [kind]: outcomes[kind] + Math.round((ONE / 1000) * weight),
  };
}

/** All counts times `perMille` / 1000, rounded to whole millionths. */
export function faded(outcomes: Outcomes, perMille: number): Outcomes {
  const fade = (count: number): number => Math.round((count * perMille) / 1000);
  return {
    hits: fade(outcomes.hits),
    misses: fade(outcomes.misses),
    alarms: fade(outcomes.alarms),
    rests: fade(outcomes.rests),
  };
}

/** Both counts together. */
export function added(one: Outcomes, other: Outcomes): Outcomes {
  return {
    hits: one.hits + other.hits,
    misses: one.misses + other.misses,
    alarms: one.alarms + other.alarms,
    rests: one.rests + other.rests,
  };
}
