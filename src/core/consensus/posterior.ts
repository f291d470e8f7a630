/** How likely a cluster of findings is real, and which clusters are worth reporting. */
import type {
  Ballot,
  Cluster,
  Elector,
  Evidence,
} from "../../protocol/consensus.ts";
import type { TrustCounts } from "../trust/trust.ts";
import type { Calibration } from "./calibration.ts";
import { AS_WRITTEN, calibrated } from "./calibration.ts";
import type { FindingGroup } from "./cluster.ts";
import { traitsOf } from "./traits.ts";

/** What a failed check that shows the finding says for it, milli-logits: ln(0.95 / 0.05). */
const SHOWN_BY_TOOL = 2944;

/**
 * What a verifier's answer says, milli-logits, for one that finds seven in ten of the real and takes one in ten of the others for real:
 * ln(0.7 / 0.1) and ln(0.3 / 0.9). Evidence is not discounted: it does not share the reviewers' errors.
 */
export const VERIFIED = {
  confirmed: 1946,
  refuted: -1099,
  unclear: 0,
} as const;

/**
 * Log-odds that each group's claim is real, milli-logits, in the order of `groups`: what the calibration makes of base rate and trust (by default
 * their sum), then evidence in full.
 */
export function posteriors(
  groups: readonly FindingGroup[],
  electorate: readonly Elector[],
  evidence: readonly Evidence[],
  ballots: readonly Ballot[],
  trust: TrustCounts,
  calibration: Calibration = AS_WRITTEN,
): readonly number[] {
  const traits = traitsOf(groups, electorate, ballots, trust);
  return groups.map(({ cluster }, index) => {
    const own = traits[index];
    return (
      (own === undefined ? 0 : calibrated(calibration, own)) +
      evidenceFor(cluster, evidence)
    );
  });
}

/** Half the F1 that a team reaches, per mille. */
const LEAST = 250;

/**
 * Which groups to report, by index and best first: one after another the group that is likeliest to be real and not yet reported, as long as
 * that is at least `least` per mille, 250 by default. A group's chance shrinks by how likely it repeats each one reported before it. Reporting whatever is
 * likelier than half the F1 that can be reached maximises F1 (Lipton, Elkan, Naryanaswamy 2014), so 250 serves a team that reaches 0.5.
 */
export function worthReporting(
  groups: readonly FindingGroup[],
  scores: readonly number[],
  least = LEAST,
): readonly number[] {
  const chances = scores.map(chanceOf);
  const left = new Set(groups.keys());
  const reported: number[] = [];
  for (;;) {
    let best: number | undefined;
    for (const index of left)
      if (best === undefined || (chances[index] ?? 0) > (chances[best] ?? 0))
        best = index;
    if (best === undefined || (chances[best] ?? 0) < least) return reported;
    reported.push(best);
    left.delete(best);
    const repeats = groups[best]?.repeats ?? [];
    for (const index of left)
      chances[index] = Math.round(
        ((chances[index] ?? 0) * (1000 - (repeats[index] ?? 0))) / 1000,
      );
  }
}

/** The probability of log-odds in milli-logits, per mille. */
function chanceOf(score: number): number {
  return Math.round(1000 / (1 + Math.exp(-score / 1000)));
}

function evidenceFor(
  { raisedBy, verified, standing }: Cluster,
  evidence: readonly Evidence[],
): number {
  const byTool =
    evidence.some(
      ({ tool, status }) =>
        status === "FAIL" && raisedBy.includes(`tool:${tool}`),
    ) ||
    (standing === "CONFIRMED" && verified !== "confirmed");
  return (byTool ? SHOWN_BY_TOOL : 0) + VERIFIED[verified ?? "unclear"];
}
