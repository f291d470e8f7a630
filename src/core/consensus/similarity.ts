/** Whether two claims, written by different voices, mean the same. */
import type { Terms } from "./terms.ts";
import { gramsOf, wordsOf } from "./terms.ts";

/**
 * Share of distinct words two claims have in common from which they count as one where their place says the same too, per cent (Jaccard). On
 * the findings of twelve real reviewers 18 % joins 83 % of the pairs that mean the same defect; what it joins wrongly is mostly kept apart by path and line.
 */
const SIMILAR_PERCENT = 18;

/** Likeness, per mille, at which two claims of different voices are as likely one as two, and how fast that turns: e-fold per 1000 / 35. */
const EVEN = 140;
const STEEPNESS = 35;

/** The same for two claims of one voice: who says two things mostly means two things. */
const EVEN_OF_ONE_VOICE = 300;
const STEEPNESS_OF_ONE_VOICE = 20;

/** True when the claims are equal or share at least 18 % of their distinct words; identifiers count whole and by their parts. */
export function sameClaim(one: string, other: string): boolean {
  if (one === other) return true;
  const words = wordsOf(one);
  const otherWords = wordsOf(other);
  const shared = [...words].filter((word) => otherWords.has(word)).length;
  const all = words.size + otherWords.size - shared;
  return shared > 0 && shared * 100 >= all * SIMILAR_PERCENT;
}

/** A claim as one voice put it. */
export interface Said {
  readonly voice: string;
  readonly claim: string;
}

/**
 * For every two claims how likely they mean the same, per mille; 0 on the diagonal and where `apart` says that they cannot. Two claims of
 * different voices are compared by what they have in common (the rarer among all claims here, the more it counts), and they compete: a voice says
 * a thing once, so of two claims of one voice that resemble a third, the closer takes most of it. The same for any order of claims.
 */
export function samenessOf(
  said: readonly Said[],
  apart: (one: number, other: number) => boolean,
): readonly (readonly number[])[] {
  const likeness = likenessOf(said.map(({ claim }) => claim));
  const voices = [...new Set(said.map(({ voice }) => voice))].map((voice) =>
    said.flatMap((other, index) => (other.voice === voice ? [index] : [])),
  );
  // Thousandths of odds, so that sums do not depend on their order.
  const odds = likeness.map((row, one) =>
    row.map((like, other) =>
      one === other || apart(one, other)
        ? 0
        : said[one]?.voice === said[other]?.voice
          ? oddsOf(like, EVEN_OF_ONE_VOICE, STEEPNESS_OF_ONE_VOICE)
          : oddsOf(like, EVEN, STEEPNESS),
    ),
  );
  const shares = odds.map((row, one) => {
    const share = row.map(() => 0);
    for (const indexes of voices) {
      const own = indexes.includes(one);
      const sum = indexes.reduce(
        (total, other) => total + (row[other] ?? 0),
        0,
      );
      for (const other of indexes) {
        const mine = row[other] ?? 0;
        share[other] = mine / (1000 + (own ? mine : sum));
      }
    }
    return share;
  });
  return shares.map((row, one) =>
    row.map((share, other) =>
      Math.round(1000 * Math.sqrt(share * (shares[other]?.[one] ?? 0))),
    ),
  );
}

/** Likeness of every two claims, per mille: the mean of the cosines of their words and of their runs of four letters, each weighted by its rarity among these claims. */
function likenessOf(claims: readonly string[]): number[][] {
  const words = cosines(claims.map(wordsOf));
  const grams = cosines(claims.map(gramsOf));
  return words.map((row, one) =>
    row.map((cosine, other) =>
      Math.round(500 * (cosine + (grams[one]?.[other] ?? 0))),
    ),
  );
}

/** Weights are whole, so that sums do not depend on their order. */
function cosines(claims: readonly Terms[]): number[][] {
  const frequency = new Map<string, number>();
  for (const terms of claims)
    for (const term of terms)
      frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const weights = new Map<string, number>();
  for (const [term, count] of frequency)
    weights.set(
      term,
      Math.round(1000 * Math.log(1 + (claims.length + 1) / count)) ** 2,
    );
  const weigh = (terms: Iterable<string>): number => {
    let total = 0;
    for (const term of terms) total += weights.get(term) ?? 0;
    return total;
  };
  const norms = claims.map((terms) => Math.sqrt(weigh(terms)));
  const rows = claims.map(() => claims.map(() => 0));
  claims.forEach((terms, one) => {
    for (let other = one; other < claims.length; other += 1) {
      const others = claims[other] ?? terms;
      const shared = [...terms].filter((term) => others.has(term));
      const norm = (norms[one] ?? 0) * (norms[other] ?? 0);
      const cosine = norm === 0 ? 0 : weigh(shared) / norm;
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        const row = rows[from];
        if (row !== undefined) row[to] = cosine;
      }
    }
  });
  return rows;
}

/** Thousandths of the odds that claims this alike mean the same. */
function oddsOf(likeness: number, even: number, steepness: number): number {
  return Math.round(1000 * Math.exp((steepness * (likeness - even)) / 1000));
}
