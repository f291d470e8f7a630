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
import { compareAll, compareText } from "./order.ts";
import { posteriors } from "./posterior.ts";

/** What a verifier said of one claim; `shown` is the hub's word, never the verifier's. */
export interface RecordVerification {
  readonly type: "RecordVerification";
  readonly verification: Verification;
}

/**
 * The claims worth a verifier once the ballots of a change are in, most decisive first: grave ones that no failed check shows and somebody
 * else can look at; those that would block before single ones, critical before high, more voices before fewer, likely before unlikely as far
 * as trust knows. Single ones take turns by who raised them, a peer hub counting as one, so that nobody fills the list. At most
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
  const ballots = standingBallots(state);
  const groups = groupsOf(electors(state), state.evidence, ballots);
  const scores =
    round.trust === undefined
      ? []
      : posteriors(
          groups,
          electors(state),
          state.evidence,
          ballots,
          round.trust,
        );
  const candidates = groups
    .map((group, index) => ({ ...group, likely: scores[index] ?? 0 }))
    .filter(
      ({ astray, cluster }) =>
        !astray &&
        cluster.standing !== "CONFIRMED" &&
        verifiersOf(state, cluster).length > 0,
    )
    .flatMap((group) => {
      const finding = gravest(group);
      return finding === undefined
        ? []
        : [{ cluster: group.cluster, finding, likely: group.likely }];
    })
    .toSorted((a, b) =>
      compareAll(
        Number(b.finding.severity === "critical") -
          Number(a.finding.severity === "critical"),
        b.cluster.support - a.cluster.support,
        b.likely - a.likely,
      ),
    );
  const turns = new Map<string, number>();
  return candidates
    .map((candidate) => {
      const raiser = raiserOf(state, candidate.cluster);
      const turn = blocksAlready(candidate.cluster)
        ? -1
        : (turns.get(raiser) ?? 0);
      turns.set(raiser, turn + 1);
      return { ...candidate, turn };
    })
    .toSorted((a, b) => a.turn - b.turn)
    .slice(0, most)
    .map(({ cluster, finding }) => ({
      claimId: cluster.id,
      finding,
      raisedBy: cluster.raisedBy,
    }));
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

/** True for a cluster that blocks unless it is refuted. */
function blocksAlready({ standing, representative }: Cluster): boolean {
  return standing === "CORROBORATED" && isGrave(representative.severity);
}

/** Whose turn a claim takes: the first local elector behind it, by id, or else the hub of the first peer. */
function raiserOf(state: DecisionState, { raisedBy }: Cluster): string {
  const raisers = electors(state)
    .filter(({ agentId }) => raisedBy.includes(agentId))
    .toSorted((a, b) => compareText(a.agentId, b.agentId));
  const local = raisers.find(({ hub }) => hub === "local");
  return local === undefined
    ? `hub:${raisers[0]?.hub ?? ""}`
    : `agent:${local.agentId}`;
}
