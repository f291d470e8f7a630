/** The verification stage of a change: which claims are put to somebody who did not raise them, and which answers count. */
import type {
  Cluster,
  Finding,
  Verification,
  VerificationClaim,
} from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";
import type { FindingGroup } from "./cluster.ts";
import { isGrave } from "./cluster.ts";
import type { DecisionEvent, DecisionState } from "./decision.ts";
import {
  electors,
  mayVerify,
  phase,
  standingBallots,
  unverifiedClaims,
  verifiersOf,
} from "./decision.ts";
import { failedGate } from "./gate.ts";
import { groupsOf } from "./groups.ts";
import { compareAll } from "./order.ts";

/** What a verifier said of one claim; `shown` is the hub's word, never the verifier's. */
export interface RecordVerification {
  readonly type: "RecordVerification";
  readonly verification: Verification;
}

/**
 * The claims worth a verifier once the ballots of a change are in, most decisive first: grave ones that no failed check shows and somebody
 * else can look at; those that would block before single ones, critical before high, more voices before fewer. At most
 * `rules.verifications` of them; none when a failed required check has settled the matter.
 */
export function claimsToVerify(
  state: DecisionState,
): readonly VerificationClaim[] {
  const { round } = state;
  const most = round?.rules.verifications ?? 0;
  if (
    round?.subject !== "change" ||
    most === 0 ||
    failedGate(state.evidence) !== undefined
  )
    return [];
  return groupsOf(electors(state), state.evidence, standingBallots(state))
    .filter(
      ({ astray, cluster }) => !astray && cluster.standing !== "CONFIRMED",
    )
    .flatMap((group) => {
      const finding = gravest(group);
      return finding === undefined ? [] : [{ cluster: group.cluster, finding }];
    })
    .toSorted((a, b) =>
      compareAll(
        decisive(b.cluster) - decisive(a.cluster),
        Number(b.finding.severity === "critical") -
          Number(a.finding.severity === "critical"),
        b.cluster.support - a.cluster.support,
        (b.cluster.posterior ?? 0) - (a.cluster.posterior ?? 0),
      ),
    )
    .map(({ cluster, finding }) => ({
      claimId: cluster.id,
      finding,
      raisedBy: cluster.raisedBy,
    }))
    .filter((claim) => verifiersOf(state, claim).length > 0)
    .slice(0, most);
}

/** The verification as an event; nothing when its claim is verified already or the stage is over. Throws `bad-intent` for a claim that was not put to anyone, and for a verifier that raised it, wrote the artifact, or has no seat here. */
export function recordVerification(
  { decisionId, round }: DataOf<"RoundOpened">,
  state: DecisionState,
  { verification }: RecordVerification,
): readonly DecisionEvent[] {
  if (phase(state) !== "verifying") return [];
  const { claimId, agentId } = verification;
  if (!(state.claims ?? []).some((claim) => claim.claimId === claimId))
    throw new RoundtableError(
      "bad-intent",
      `Claim ${claimId} was not put to a verifier.`,
      "Nothing was recorded; verify one of the claims that were asked about.",
    );
  if (!unverifiedClaims(state).some((claim) => claim.claimId === claimId))
    return [];
  if (!mayVerify(state, verification))
    throw new RoundtableError(
      "bad-intent",
      `${agentId} may not verify claim ${claimId}.`,
      "Nothing was recorded; a claim is verified by a local member of the team that neither raised it nor wrote what it is about.",
    );
  return [
    { type: "FindingVerified", data: { decisionId, round, verification } },
  ];
}

/** What is to be verified: the claim the cluster stands for, or its worst where others only raised it as less, so that a harmless echo cannot keep it from being looked at. */
function gravest({ cluster, members }: FindingGroup): Finding | undefined {
  const { representative } = cluster;
  if (isGrave(representative.severity)) return representative;
  const worst = members.map(({ finding }) => finding);
  return (
    worst.find(({ severity }) => severity === "critical") ??
    worst.find(({ severity }) => isGrave(severity))
  );
}

/** 1 for a cluster that blocks unless it is refuted. */
function decisive({ standing, representative }: Cluster): number {
  return standing === "CORROBORATED" && isGrave(representative.severity)
    ? 1
    : 0;
}
