/** The weight of votes in a plan or question. Whole milli-logits throughout, so that every machine gets the same number. */
import type { Ballot, Elector, Verdict } from "../../protocol/consensus.ts";

/** Weight of a vote as long as nothing is known of the voter: ln(0.7 / 0.3), milli-logits. */
export const DEFAULT_WEIGHT = 847;

/** What one failed check that is not required says against a proposal, milli-logits: as much as one fresh voter, and never discounted. */
export const FAILED_EVIDENCE = -847;

/** Fractions are carried in millionths, far below the least a whole weight can contribute, so rounding never turns the order of two scores. */
const PRECISION = 1_000_000;

/** ln(p / (1 − p)) of a probability in per mille (1 to 999), in whole milli-logits. */
export function logit(perMille: number): number {
  return Math.round(1000 * Math.log(perMille / (1000 - perMille)));
}

/** The probability a score in milli-logits stands for, in whole percent: 1 / (1 + e^−s). For people; nothing is decided by it. */
export function percentOf(score: number): number {
  return Math.round(100 / (1 + Math.exp(-score / 1000)));
}

/**
 * Sum of signed votes in milli-logits, the i-th strongest (from 0) divided by 1 + 0.4·i because votes of similar models are correlated.
 * Equally strong votes share the mean of their places, so the order of `votes` does not matter; raising any vote never lowers the sum.
 */
export function discountedSum(votes: readonly number[]): number {
  const bySize = votes
    .filter((vote) => vote !== 0)
    .toSorted((a, b) => Math.abs(b) - Math.abs(a));
  let total = 0;
  for (let start = 0; start < bySize.length;) {
    const size = Math.abs(bySize[start] ?? 0);
    let end = start;
    let signs = 0;
    let places = 0;
    for (; Math.abs(bySize[end] ?? 0) === size; end += 1) {
      signs += Math.sign(bySize[end] ?? 0);
      places += placeDiscount(end);
    }
    total += Math.round((size * signs * places) / (end - start));
    start = end;
  }
  return Math.round(total / PRECISION);
}

/**
 * Votes as signed milli-logits: one for each local elector who approves or blocks, and one for each peer hub, whose electors together
 * weigh at most the strongest local elector. Who abstains has no vote here.
 */
export function votesOf(
  electorate: readonly Elector[],
  ballots: readonly Ballot[],
): readonly number[] {
  const verdicts = new Map<string, Verdict>(
    ballots.map((ballot) => [ballot.agentId, ballot.verdict]),
  );
  const signed = (elector: Elector): number => {
    const verdict = verdicts.get(elector.agentId);
    if (verdict === "approve") return elector.weight;
    return verdict === "block" ? -elector.weight : 0;
  };
  const locals = electorate.filter(({ hub }) => hub === "local");
  const cap = Math.max(0, ...locals.map(({ weight }) => weight));
  const hubs = new Map<string, number>();
  for (const elector of electorate)
    if (elector.hub !== "local")
      hubs.set(elector.hub, (hubs.get(elector.hub) ?? 0) + signed(elector));
  return [
    ...locals.map(signed),
    ...Array.from(hubs.values(), (sum) => Math.min(cap, Math.max(-cap, sum))),
  ];
}

function placeDiscount(place: number): number {
  return Math.round((5 * PRECISION) / (5 + 2 * place));
}
