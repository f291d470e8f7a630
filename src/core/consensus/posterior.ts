/** How likely a cluster of findings is real: base rate, who raised it and who did not, and what verifiers and tools made of it. */
import type {
  Ballot,
  Cluster,
  Elector,
  Evidence,
} from "../../protocol/consensus.ts";
import type { TrustCounts } from "../trust/trust.ts";
import { baseRate, llr } from "../trust/weigh.ts";
import type { FindingGroup } from "./cluster.ts";
import { findingClass } from "./findingClass.ts";
import { discountedSum, logit } from "./score.ts";

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

/** Who could have raised a finding: one local elector, or a whole peer hub. */
interface Seat {
  readonly agentIds: readonly string[];
  readonly lineage: string;
  readonly role: string;
}

/**
 * Log-odds that each group's claim is real, milli-logits, in the order of `groups`: the base rate of its class, then what trust says of
 * everybody whose ballot is in, raised or silent, sorted by size and the i-th divided by 1 + 0.4·i, then evidence in full. Tools and who did
 * not vote have no voice here; a peer hub has one, as a stranger.
 */
export function posteriors(
  groups: readonly FindingGroup[],
  electorate: readonly Elector[],
  evidence: readonly Evidence[],
  ballots: readonly Ballot[],
  trust: TrustCounts,
): readonly number[] {
  const seats = seatsOf(electorate, ballots);
  return groups.map(({ cluster }) => {
    const { representative, raisedBy } = cluster;
    const kind = findingClass(representative);
    const votes = seats.map(({ agentIds, lineage, role }) =>
      llr(
        trust,
        { lineage, role, class: kind },
        agentIds.some((id) => raisedBy.includes(id)),
      ),
    );
    return (
      logit(baseRate(trust, kind)) +
      discountedSum(votes) +
      evidenceFor(cluster, evidence)
    );
  });
}

function seatsOf(
  electorate: readonly Elector[],
  ballots: readonly Ballot[],
): readonly Seat[] {
  const present = electorate.flatMap((elector) => {
    const ballot = ballots.find(({ agentId }) => agentId === elector.agentId);
    return ballot === undefined
      ? []
      : [{ ...elector, lineage: ballot.lineage }];
  });
  const hubs = [...new Set(present.map(({ hub }) => hub))].filter(
    (hub) => hub !== "local",
  );
  return [
    ...present
      .filter(({ hub }) => hub === "local")
      .map(({ agentId, lineage, role }) => ({
        agentIds: [agentId],
        lineage,
        role,
      })),
    ...hubs.map((hub) => ({
      agentIds: present
        .filter((elector) => elector.hub === hub)
        .map(({ agentId }) => agentId),
      lineage: `hub:${hub}`,
      role: "",
    })),
  ];
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
