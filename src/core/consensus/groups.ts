/** The findings of a round in groups, each with its place and what verifiers made of it taken into account. */
import type {
  Ballot,
  Cluster,
  Elector,
  Evidence,
  Finding,
  Verification,
  VerificationClaim,
} from "../../protocol/consensus.ts";
import type { FindingGroup } from "./cluster.ts";
import { groupFindings } from "./cluster.ts";
import { compareAll, compareText } from "./order.ts";
import { canonicalJson } from "../json.ts";

/** A group, and whether it is one finding about a place that does not exist. */
export interface PlacedGroup extends FindingGroup {
  readonly astray: boolean;
}

/**
 * {@link groupFindings} for findings whose place exists. Those of a ballot that are astray come after them, each on its own and SINGLE:
 * a claim about a line that is not there corroborates and confirms nothing, and stays in the record.
 */
export function groupsOf(
  electorate: readonly Elector[],
  evidence: readonly Evidence[],
  ballots: readonly Ballot[],
): readonly PlacedGroup[] {
  const isAstray = ({ astray = [] }: Ballot, index: number): boolean =>
    astray.includes(index);
  const groups = groupFindings(
    electorate,
    evidence,
    ballots.map((ballot) => ({
      ...ballot,
      findings: ballot.findings.filter((_, index) => !isAstray(ballot, index)),
    })),
  );
  const strays = ballots
    .filter(({ agentId }) =>
      electorate.some((elector) => elector.agentId === agentId),
    )
    .flatMap((ballot) =>
      ballot.findings
        .filter((_, index) => isAstray(ballot, index))
        .map((finding) => ({ raiser: ballot.agentId, finding })),
    )
    .toSorted((a, b) =>
      compareAll(
        compareText(a.raiser, b.raiser),
        compareText(canonicalJson(a.finding), canonicalJson(b.finding)),
      ),
    );
  return [
    ...groups.map((group) => ({ ...group, astray: false })),
    ...strays.map((stray, index) =>
      alone(stray, `c${String(groups.length + index + 1)}`),
    ),
  ];
}

function alone(
  member: { readonly raiser: string; readonly finding: Finding },
  id: string,
): PlacedGroup {
  return {
    astray: true,
    cluster: {
      id,
      representative: member.finding,
      standing: "SINGLE",
      raisedBy: [member.raiser],
      support: 1,
    },
    members: [member],
  };
}

/**
 * The cluster with what became of its claim. A verifier that showed what it says confirms the claim or refutes it; one that is missing,
 * unsure or shows nothing leaves it unclear. A cluster that was not put to anyone stays as it is.
 */
export function afterVerification(
  cluster: Cluster,
  claims: readonly VerificationClaim[],
  verifications: readonly Verification[],
): Cluster {
  const claim = claims.find(({ claimId }) => claimId === cluster.id);
  if (claim === undefined) return cluster;
  const said = verifications.find(({ claimId }) => claimId === cluster.id);
  const verified = said?.shown === true ? said.verdict : "unclear";
  return verified === "confirmed"
    ? {
        ...cluster,
        verified,
        standing: "CONFIRMED",
        // The claim that was looked at, which may be graver than what several voices share.
        representative: claim.finding,
      }
    : { ...cluster, verified };
}
