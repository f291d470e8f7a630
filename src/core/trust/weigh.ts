/** What a voice's word, or its silence, is worth as evidence. Trust moves weights only; quorum, vetoes and gates never look at it. */
import { lowQuantile } from "./beta.ts";
import type { Outcomes } from "./counts.ts";
import { added, NOTHING, ONE } from "./counts.ts";
import type { TrustCounts } from "./trust.ts";
import { lineageTrust, outcomesOf } from "./trust.ts";

/** Whose word it is, and on what. */
export interface Voice {
  readonly lineage: string;
  readonly role: string;
  /** Class of the claim, as {@link findingClass} names it, or {@link VOTE_CLASS}. */
  readonly class: string;
}

/** The class of votes on plans and questions. "Flagged" is a block there, "real" that the proposal was bad. */
export const VOTE_CLASS = "vote";

/** The most one voice can say for or against, milli-logits: odds of nine to one. */
export const MOST = 2200;

/** Outcomes that the assumption before any outcome is worth. */
const PRIOR_OUTCOMES = 4;

/** Lessons that the first guess of how many claims are real is worth: four outcomes, seen by five voices. */
const PRIOR_LESSONS = 20;

/** How often a claim proves real, per mille, before any outcome is known: one in three, as among the reviewers of real changes that were measured. */
const REAL_AT_FIRST = 333;

/** P(raised | real) and P(not raised | not real). */
interface Skill {
  readonly sensitivity: number;
  readonly specificity: number;
}

/**
 * Assumed of a stranger. Of findings: most real ones are missed by any one reviewer, so silence says little; raising one weighs
 * ln(0.35 / 0.15) = 0.847. Of votes: right seven times in ten either way, which is the same 0.847.
 */
const STRANGER: Skill = { sensitivity: 0.35, specificity: 0.85 };
const VOTER: Skill = { sensitivity: 0.7, specificity: 0.7 };

/** A voice's record on a class: what its weights come from, for people to see. */
export interface TrustShown {
  /** Outcomes behind it after fading, in thousandths: of this lineage in this role on this class. */
  readonly hits: number;
  readonly misses: number;
  readonly alarms: number;
  readonly rests: number;
  /** Means after shrinkage, and the values it exceeds with 95 % certainty; per mille. */
  readonly sensitivity: number;
  readonly specificity: number;
  readonly sensitivityAtLeast: number;
  readonly specificityAtLeast: number;
  /** The values they stay below with 95 % certainty; per mille. */
  readonly sensitivityAtMost: number;
  readonly specificityAtMost: number;
  /** What raising and what silence say, milli-logits. */
  readonly flagged: number;
  readonly silent: number;
}

/**
 * What it says for a claim that this voice raised it (0 to 2200 milli-logits) or did not (−2200 to 0): ln(se / (1 − sp)) and
 * ln((1 − se) / sp), clipped so that whoever is wrong more often than right is ignored, never believed in reverse. The rates are Beta means
 * of lineage × role × class, drawn to the rest of the lineage's record and that to a stranger's, each with the weight of four outcomes.
 */
export function llr(
  trust: TrustCounts,
  voice: Voice,
  flagged: boolean,
): number {
  return weightOf(meansOf(betasOf(trust, voice)), flagged);
}

/** Weight of a vote on a plan or question, 0 to 2200 milli-logits: the mean of what its block and its approval say; 847 before any outcome. */
export function voteWeight(
  trust: TrustCounts,
  lineage: string,
  role: string,
): number {
  const means = meansOf(betasOf(trust, { lineage, role, class: VOTE_CLASS }));
  return Math.round((weightOf(means, true) - weightOf(means, false)) / 2);
}

/** How likely a claim of this class is real before asking who raised it, per mille (1 to 999): the share of outcomes, drawn to that of all classes. */
export function baseRate(
  { lineages }: TrustCounts,
  claimClass: string,
): number {
  let ofClass = NOTHING;
  let all = NOTHING;
  for (const lineage of Object.values(lineages)) {
    all = added(
      all,
      outcomesOf(lineage, (known) => known.class !== VOTE_CLASS),
    );
    ofClass = added(
      ofClass,
      outcomesOf(lineage, (known) => known.class === claimClass),
    );
  }
  const overall = shareReal(all, REAL_AT_FIRST / 1000);
  const share = shareReal(ofClass, overall);
  return Math.min(999, Math.max(1, Math.round(1000 * share)));
}

/** Lower bound of a voice's sensitivity and specificity on a class, per mille: exceeded with 95 % certainty. Privileges go by these. */
export function lowerBound(
  trust: TrustCounts,
  voice: Voice,
): { readonly sensitivity: number; readonly specificity: number } {
  const { sensitivity, specificity } = betasOf(trust, voice);
  return {
    sensitivity: lowQuantile(sensitivity.right, sensitivity.wrong),
    specificity: lowQuantile(specificity.right, specificity.wrong),
  };
}

/** The record behind a voice's weights on a class. */
export function explainTrust(trust: TrustCounts, voice: Voice): TrustShown {
  const means = meansOf(betasOf(trust, voice));
  const own = ownOutcomes(trust, voice);
  const bounds = lowerBound(trust, voice);
  const betas = betasOf(trust, voice);
  const atMost = ({ right, wrong }: Beta): number =>
    1000 - lowQuantile(wrong, right);
  const thousandths = (count: number): number =>
    Math.round(count / (ONE / 1000));
  return {
    hits: thousandths(own.hits),
    misses: thousandths(own.misses),
    alarms: thousandths(own.alarms),
    rests: thousandths(own.rests),
    sensitivity: Math.round(1000 * means.sensitivity),
    specificity: Math.round(1000 * means.specificity),
    sensitivityAtLeast: bounds.sensitivity,
    specificityAtLeast: bounds.specificity,
    sensitivityAtMost: atMost(betas.sensitivity),
    specificityAtMost: atMost(betas.specificity),
    flagged: weightOf(means, true),
    silent: weightOf(means, false),
  };
}

/** Pseudo-counts of a Beta distribution. */
interface Beta {
  readonly right: number;
  readonly wrong: number;
}

interface Betas {
  readonly sensitivity: Beta;
  readonly specificity: Beta;
}

function betasOf(trust: TrustCounts, voice: Voice): Betas {
  const own = ownOutcomes(trust, voice);
  const votes = voice.class === VOTE_CLASS;
  const rest = outcomesOf(
    lineageTrust(trust, voice.lineage),
    (known) =>
      (known.class === VOTE_CLASS) === votes &&
      (known.class !== voice.class || known.role !== voice.role),
  );
  const first = votes ? VOTER : STRANGER;
  const lineage = meansOf(drawn(rest, first));
  return drawn(own, lineage);
}

function ownOutcomes(trust: TrustCounts, voice: Voice): Outcomes {
  return outcomesOf(
    lineageTrust(trust, voice.lineage),
    (known) => known.class === voice.class && known.role === voice.role,
  );
}

/** Counts on top of an assumption that is worth four outcomes. */
function drawn(outcomes: Outcomes, { sensitivity, specificity }: Skill): Betas {
  const beta = (right: number, wrong: number, mean: number): Beta => ({
    right: right / ONE + PRIOR_OUTCOMES * mean,
    wrong: wrong / ONE + PRIOR_OUTCOMES * (1 - mean),
  });
  return {
    sensitivity: beta(outcomes.hits, outcomes.misses, sensitivity),
    specificity: beta(outcomes.rests, outcomes.alarms, specificity),
  };
}

function meansOf({ sensitivity, specificity }: Betas): Skill {
  const mean = ({ right, wrong }: Beta): number => right / (right + wrong);
  return { sensitivity: mean(sensitivity), specificity: mean(specificity) };
}

function weightOf(
  { sensitivity, specificity }: Skill,
  flagged: boolean,
): number {
  const logOdds = flagged
    ? Math.log(sensitivity / (1 - specificity))
    : Math.log((1 - sensitivity) / specificity);
  const weight = Math.round(1000 * logOdds);
  // `+ 0` turns a minus zero into a zero.
  return (
    (flagged
      ? Math.min(MOST, Math.max(0, weight))
      : Math.max(-MOST, Math.min(0, weight))) + 0
  );
}

function shareReal(outcomes: Outcomes, first: number): number {
  const real = (outcomes.hits + outcomes.misses) / ONE;
  const unreal = (outcomes.alarms + outcomes.rests) / ONE;
  return (real + PRIOR_LESSONS * first) / (real + unreal + PRIOR_LESSONS);
}
