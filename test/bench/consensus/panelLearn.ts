/** What a panel may know of a change's reviewers: the outcomes of changes of other projects, and nothing of its own. */
import type {
  Calibration,
  Resolved,
} from "../../../src/core/consensus/calibration.ts";
import { fitCalibration } from "../../../src/core/consensus/calibration.ts";
import { findingClass } from "../../../src/core/consensus/findingClass.ts";
import {
  posteriors,
  VERIFIED,
  worthReporting,
} from "../../../src/core/consensus/posterior.ts";
import { traitsOf } from "../../../src/core/consensus/traits.ts";
import type { TrustCounts } from "../../../src/core/trust/trust.ts";
import { emptyTrust, learnTrust } from "../../../src/core/trust/trust.ts";
import type { Panel, Sitting } from "./panelSeats.ts";
import type { Count } from "./strictCount.ts";
import { meanRates, ratesOf, strictly } from "./strictCount.ts";

/** Verifier calls a decision may make. */
const VERIFICATIONS = 12;

/** Panels that calibration and thresholds are learned from: every so many. They overlap, so more of them tell little more. */
const EVERY = 8;

/** Outcomes per panel that each weight of the calibration is drawn to zero by. */
const CAUTION = 10;

/** Probabilities tried as the least worth reporting, per mille. */
const LEAST = Array.from({ length: 17 }, (_, index) => 100 + 25 * index);

/** How the changes of one project are decided. */
export interface Learned {
  readonly trust: TrustCounts;
  readonly calibration: Calibration;
  /** The least probability worth reporting without and with a verifier, per mille. */
  readonly least: number;
  readonly leastVerified: number;
}

/** Learns for one project from all others. `everyone` is all reviewers as one panel, whose outcomes teach trust. */
export function learnFor(
  project: string,
  everyone: Panel,
  panels: readonly Panel[],
): Learned {
  const trusts = new Map<string, TrustCounts>();
  // Trust that judges a training change knows nothing of its project either, as with the change that is decided in the end.
  const trustFor = (other: string): TrustCounts => {
    const known = trusts.get(other) ?? trustWithout([project, other], everyone);
    trusts.set(other, known);
    return known;
  };
  const training = panels
    .filter((_, index) => index % EVERY === 0)
    .map(({ sittings }) => sittings.filter(({ at }) => at.project !== project));
  const resolved = training.flat().flatMap((sitting): Resolved[] =>
    traitsOf(
      sitting.groups,
      sitting.electorate,
      sitting.ballots,
      trustFor(sitting.at.project),
    ).map((traits, index) => ({
      traits,
      real: (sitting.matches[index] ?? null) !== null,
    })),
  );
  const calibration = fitCalibration(resolved, CAUTION * training.length);
  const scored = training.map((sittings) =>
    sittings.map((sitting) => ({
      sitting,
      scores: scoresOf(sitting, trustFor(sitting.at.project), calibration),
    })),
  );
  const leastOf = (verified: boolean): number =>
    bestLeast(
      (least) =>
        meanRates(
          scored.map((panel) =>
            ratesOf(
              panel.map(({ sitting, scores }) =>
                reportOf(
                  sitting,
                  verified ? afterVerifier(sitting, scores) : scores,
                  least,
                ),
              ),
              panel.reduce(
                (sum, { sitting }) => sum + sitting.at.change.issues.length,
                0,
              ),
            ),
          ),
        ).f1,
    );
  return {
    trust: trustWithout([project], everyone),
    calibration,
    least: leastOf(false),
    leastVerified: leastOf(true),
  };
}

/** Log-odds of a sitting's groups, milli-logits. */
export function scoresOf(
  { groups, electorate, ballots }: Sitting,
  trust: TrustCounts,
  calibration: Calibration,
): readonly number[] {
  return posteriors(groups, electorate, [], ballots, trust, calibration);
}

/** The scores after the simulated verifier looked at the claims nearest to even odds. */
export function afterVerifier(
  { answers }: Sitting,
  scores: readonly number[],
): readonly number[] {
  const asked = new Set(
    scores
      .map((score, index) => ({ score, index }))
      .sort(
        (a, b) => Math.abs(a.score) - Math.abs(b.score) || a.index - b.index,
      )
      .slice(0, VERIFICATIONS)
      .map(({ index }) => index),
  );
  return scores.map((score, index) =>
    asked.has(index)
      ? score + VERIFIED[answers[index] === true ? "confirmed" : "refuted"]
      : score,
  );
}

/** What comes of reporting whatever is at least as likely as `least`. */
export function reportOf(
  { groups, matches }: Sitting,
  scores: readonly number[],
  least: number,
): Count {
  return strictly(
    worthReporting(groups, scores, least).map(
      (index) => matches[index] ?? null,
    ),
  );
}

/** The least that reached the best F1 there; the lower when two did. In theory it is half that F1 (Lipton, Elkan, Naryanaswamy 2014). */
function bestLeast(f1At: (least: number) => number): number {
  let best = { least: 0, f1: -1 };
  for (const least of LEAST) {
    const f1 = f1At(least);
    if (f1 > best.f1) best = { least, f1 };
  }
  return best.least;
}

/** Trust from the outcomes of all changes outside the projects left out. */
function trustWithout(
  left: readonly string[],
  { sittings }: Panel,
): TrustCounts {
  let trust = emptyTrust;
  for (const { at, electorate, groups, matches } of sittings) {
    if (left.includes(at.project)) continue;
    groups.forEach(({ cluster }, index) => {
      for (const { agentId, lineage, role } of electorate)
        trust = learnTrust(trust, {
          decisionId: at.change.change,
          agentId,
          lineage,
          role,
          class: findingClass(cluster.representative),
          flagged: cluster.raisedBy.includes(agentId),
          real: (matches[index] ?? null) !== null,
          source: "human",
          weight: 1000,
          what: cluster.representative.claim,
          at: "",
        });
    });
  }
  return trust;
}
