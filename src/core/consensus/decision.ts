/** A decision as its events tell it. One fold for plan, change and question; nothing here reads a clock or decides anything. */
import type { AnyFact, Fact } from "../events.ts";
import { canonicalJson } from "../json.ts";
import type {
  Ballot,
  Elector,
  Evidence,
  Tally,
  Verification,
  VerificationClaim,
} from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { compareAll, compareText } from "./order.ts";

/** What the decider emits: the events of a decision without their place in the log. */
export type DecisionEvent = Fact<
  | "RoundOpened"
  | "EvidenceRecorded"
  | "BallotCast"
  | "BallotSetAside"
  | "VerificationOpened"
  | "FindingVerified"
  | "RoundTallied"
  | "SeniorAsked"
  | "SeniorAnswered"
  | "DecisionMade"
  | "DecisionEscalated"
  | "HumanRuled"
>;

/** How the team's part of a decision ended; `escalated` means the human decides. */
export interface TeamOutcome {
  readonly kind: "approved" | "blocked" | "escalated";
  readonly because: string;
}

/** Everything the decider knows of one decision: plain data, equal for equal events. */
export interface DecisionState {
  /** The round that is open or was open last. */
  readonly round: DataOf<"RoundOpened"> | undefined;
  readonly evidence: readonly Evidence[];
  /** Ballots that count, in order of arrival: at most one per agent and round. */
  readonly ballots: readonly Ballot[];
  readonly setAside: readonly DataOf<"BallotSetAside">[];
  /** Claims that were put to verifiers when the ballots were in; undefined when none were. */
  readonly claims: readonly VerificationClaim[] | undefined;
  /** What verifiers said, in order of arrival: at most one per claim. */
  readonly verifications: readonly Verification[];
  /** One per closed round. */
  readonly tallies: readonly Tally[];
  /** Why the senior model was asked; undefined when it was not. */
  readonly seniorAsked: string | undefined;
  /** What it said. */
  readonly senior: Ballot | undefined;
  readonly outcome: TeamOutcome | undefined;
  readonly ruling: DataOf<"HumanRuled"> | undefined;
}

/**
 * Where a decision stands. `verifying`: ballots are closed, verifiers look at claims. `senior`: the team could not decide, a senior model
 * is asked. `tallied` is only seen when a crash fell between a tally and what follows from it.
 */
export type DecisionPhase =
  | "unopened"
  | "collecting"
  | "verifying"
  | "tallied"
  | "senior"
  | "approved"
  | "blocked"
  | "escalated";

/** A decision nobody opened yet. */
export const initial: DecisionState = {
  round: undefined,
  evidence: [],
  ballots: [],
  setAside: [],
  claims: undefined,
  verifications: [],
  tallies: [],
  seniorAsked: undefined,
  senior: undefined,
  outcome: undefined,
  ruling: undefined,
};

/** The state after one more event. An event that would change what is final, or a ballot the round's snapshot does not admit, changes nothing. */
export function evolve(
  state: DecisionState,
  event: DecisionEvent,
): DecisionState {
  if (event.type === "HumanRuled")
    return state.outcome === undefined || state.ruling !== undefined
      ? state
      : { ...state, ruling: event.data };
  if (event.type === "BallotSetAside") return setAside(state, event.data);
  if (state.outcome !== undefined) return state;
  switch (event.type) {
    case "RoundOpened":
      return follows(state, event.data)
        ? { ...state, round: event.data }
        : state;
    case "EvidenceRecorded":
      return state.evidence.some((known) => known.id === event.data.evidence.id)
        ? state
        : { ...state, evidence: [...state.evidence, event.data.evidence] };
    case "BallotCast":
      return admits(state, event.data.ballot)
        ? { ...state, ballots: [...state.ballots, event.data.ballot] }
        : state;
    case "VerificationOpened":
      return phase(state) === "collecting" &&
        state.round?.round === event.data.round
        ? { ...state, claims: event.data.claims }
        : state;
    case "FindingVerified":
      return phase(state) === "verifying" &&
        mayVerify(state, event.data.verification)
        ? {
            ...state,
            verifications: [...state.verifications, event.data.verification],
          }
        : state;
    case "RoundTallied":
      return phase(state) === "collecting" || phase(state) === "verifying"
        ? { ...state, tallies: [...state.tallies, event.data.tally] }
        : state;
    case "SeniorAsked":
      return phase(state) === "tallied"
        ? { ...state, seniorAsked: event.data.because }
        : state;
    case "SeniorAnswered":
      return phase(state) === "senior" && state.senior === undefined
        ? { ...state, senior: event.data.ballot }
        : state;
    case "DecisionMade":
      return {
        ...state,
        outcome: { kind: event.data.outcome, because: event.data.because },
      };
    case "DecisionEscalated":
      return {
        ...state,
        outcome: { kind: "escalated", because: event.data.because },
      };
  }
}

/** The state of decision `decisionId` after `events`; events of other kinds and other decisions are skipped. */
export function fold(
  events: readonly AnyFact[],
  decisionId: string,
): DecisionState {
  return events.reduce(
    (state, event) =>
      isDecisionEvent(event) && event.data.decisionId === decisionId
        ? evolve(state, event)
        : state,
    initial,
  );
}

/** Where the decision stands. */
export function phase(state: DecisionState): DecisionPhase {
  if (state.outcome !== undefined) return state.outcome.kind;
  if (state.round === undefined) return "unopened";
  if (state.seniorAsked !== undefined) return "senior";
  if (state.tallies.some((tally) => tally.round === state.round?.round))
    return "tallied";
  return state.claims === undefined ? "collecting" : "verifying";
}

/** Members of the electorate who may vote: the snapshot without the authors. */
export function electors(state: DecisionState): readonly Elector[] {
  const { round } = state;
  return round === undefined
    ? []
    : round.electorate.filter(
        (elector) => !round.authorIds.includes(elector.agentId),
      );
}

/** Electors whose ballot for the open round is not in yet and could still count; empty when no round is open. */
export function missingBallots(state: DecisionState): readonly Elector[] {
  if (phase(state) !== "collecting") return [];
  return electors(state).filter(
    ({ agentId }) =>
      !isVoided(state, agentId) &&
      ballotIn(state, agentId, state.round?.round ?? 0) === undefined,
  );
}

/**
 * Whether an elector of another hub said two things, so that none of its ballots counts in this decision: which of them its hub meant cannot
 * be told. A local elector's first ballot stands, because nobody but the agent itself could have sent it.
 */
export function isVoided(state: DecisionState, agentId: string): boolean {
  return (
    electors(state).some(
      (elector) => elector.agentId === agentId && elector.hub !== "local",
    ) &&
    state.setAside.some(
      ({ why, ballot }) => why === "equivocation" && ballot.agentId === agentId,
    )
  );
}

/** The ballot of `agentId` that counts for `round`, if one was cast. */
export function ballotIn(
  state: DecisionState,
  agentId: string,
  round: number,
): Ballot | undefined {
  return state.ballots.find(
    (ballot) => ballot.agentId === agentId && ballot.round === round,
  );
}

/** The ballots a tally counts now: each elector's latest one, since silence in the rebuttal leaves the sealed ballot standing. */
export function standingBallots(state: DecisionState): readonly Ballot[] {
  return electors(state).flatMap((elector) => {
    const own = state.ballots.filter(
      (ballot) => ballot.agentId === elector.agentId,
    );
    return own.slice(-1);
  });
}

/** Claims nobody has verified yet; empty when none may be verified now. */
export function unverifiedClaims(
  state: DecisionState,
): readonly VerificationClaim[] {
  if (phase(state) !== "verifying") return [];
  return (state.claims ?? []).filter(
    ({ claimId }) =>
      !state.verifications.some((known) => known.claimId === claimId),
  );
}

/**
 * Who may verify a claim: local electors that did not raise it, those of another lineage than everyone who did first, then by id. A peer
 * may not, since its word would confirm or refute alone.
 */
export function verifiersOf(
  state: DecisionState,
  { raisedBy }: Pick<VerificationClaim, "raisedBy">,
): readonly Elector[] {
  const all = electors(state);
  const lineages = new Set(
    all
      .filter(({ agentId }) => raisedBy.includes(agentId))
      .map(({ lineage }) => lineage),
  );
  const close = ({ lineage }: Elector): number =>
    lineages.has(lineage) ? 1 : 0;
  return all
    .filter(
      ({ agentId, hub }) => hub === "local" && !raisedBy.includes(agentId),
    )
    .toSorted((a, b) =>
      compareAll(close(a) - close(b), compareText(a.agentId, b.agentId)),
    );
}

/** True when the claim is open, nobody verified it before, and the verifier is one of {@link verifiersOf} it. */
export function mayVerify(
  state: DecisionState,
  { claimId, agentId }: Verification,
): boolean {
  const claim = unverifiedClaims(state).find((one) => one.claimId === claimId);
  return (
    claim !== undefined &&
    verifiersOf(state, claim).some((elector) => elector.agentId === agentId)
  );
}

/** True when both say exactly the same. */
export function sameBallot(one: Ballot, other: Ballot): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** What was set aside is kept; an elector of another hub that said two things while ballots were open loses those that stood. */
function setAside(
  state: DecisionState,
  aside: DataOf<"BallotSetAside">,
): DecisionState {
  const next = { ...state, setAside: [...state.setAside, aside] };
  const { agentId } = aside.ballot;
  return phase(next) === "collecting" && isVoided(next, agentId)
    ? {
        ...next,
        ballots: next.ballots.filter((ballot) => ballot.agentId !== agentId),
      }
    : next;
}

function admits(state: DecisionState, ballot: Ballot): boolean {
  return (
    phase(state) === "collecting" &&
    !isVoided(state, ballot.agentId) &&
    state.round?.round === ballot.round &&
    state.round.artifactHash === ballot.artifactHash &&
    electors(state).some((elector) => elector.agentId === ballot.agentId) &&
    ballotIn(state, ballot.agentId, ballot.round) === undefined
  );
}

/** A later round keeps everything the first one fixed: joins, leaves and new rules in between change nothing. */
function follows(state: DecisionState, next: DataOf<"RoundOpened">): boolean {
  if (state.round === undefined) return next.round === 1;
  const frozen = (round: DataOf<"RoundOpened">): string =>
    canonicalJson({ ...round, round: 0, deadline: 0 });
  return (
    phase(state) === "tallied" &&
    next.round === state.round.round + 1 &&
    frozen(next) === frozen(state.round)
  );
}

const DECISION_EVENTS: Readonly<Record<DecisionEvent["type"], true>> = {
  RoundOpened: true,
  EvidenceRecorded: true,
  BallotCast: true,
  BallotSetAside: true,
  VerificationOpened: true,
  FindingVerified: true,
  RoundTallied: true,
  SeniorAsked: true,
  SeniorAnswered: true,
  DecisionMade: true,
  DecisionEscalated: true,
  HumanRuled: true,
};

function isDecisionEvent(event: AnyFact): event is DecisionEvent {
  return Object.hasOwn(DECISION_EVENTS, event.type);
}
