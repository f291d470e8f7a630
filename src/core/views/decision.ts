import type { Ballot } from "../../protocol/consensus.ts";
import type { DataOf, Recorded } from "../../protocol/event.ts";
import type { BallotShown, DecisionCard } from "../../protocol/panel.ts";

/** A decision as folded from the log; `card` hides what is still sealed. */
export interface DecisionView {
  readonly opened: DataOf<"RoundOpened">;
  readonly attempt: number;
  readonly round: number;
  /** The last round whose ballots were closed to be verified; 0 for none. */
  readonly closed: number;
  readonly ballots: readonly Ballot[];
  /** Electors of other hubs that said two things while ballots were open, so that none of theirs counts. */
  readonly voided: readonly string[];
  readonly card: DecisionCard;
}

type DecisionEvent = Extract<
  Recorded,
  {
    type:
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
      | "RulingAsked"
      | "HumanRuled";
  }
>;

/** True for events that belong to a decision and change its card. */
export function isDecisionEvent(event: Recorded): event is DecisionEvent {
  switch (event.type) {
    case "RoundOpened":
    case "EvidenceRecorded":
    case "BallotCast":
    case "BallotSetAside":
    case "VerificationOpened":
    case "FindingVerified":
    case "RoundTallied":
    case "SeniorAsked":
    case "SeniorAnswered":
    case "DecisionMade":
    case "DecisionEscalated":
    case "RulingAsked":
    case "HumanRuled":
      return true;
    default:
      return false;
  }
}

/** The decision after one more of its events; undefined while it has not been opened. */
export function evolveDecision(
  view: DecisionView | undefined,
  event: DecisionEvent,
  attempt: number,
): DecisionView | undefined {
  if (event.type === "RoundOpened") return openRound(view, event, attempt);
  if (view === undefined) return undefined;
  const { card } = view;
  switch (event.type) {
    case "EvidenceRecorded":
      return withCard(view, {
        evidence: [...card.evidence, event.data.evidence],
      });
    case "BallotCast":
      return seated({ ...view, ballots: [...view.ballots, event.data.ballot] });
    case "BallotSetAside":
      return setAside(view, event.data);
    case "VerificationOpened":
      return seated(
        withCard(
          { ...view, closed: event.data.round },
          {
            verified: [
              ...card.verified,
              ...event.data.claims.map((claim) => ({ claim, by: null })),
            ],
          },
        ),
      );
    case "FindingVerified": {
      const { verification } = event.data;
      return withCard(view, {
        verified: card.verified.map((one) =>
          one.claim.claimId === verification.claimId
            ? { ...one, by: verification }
            : one,
        ),
      });
    }
    case "SeniorAsked":
      return withCard(view, {
        senior: { because: event.data.because, ballot: null },
      });
    case "SeniorAnswered":
      return withCard(view, {
        senior: {
          because: card.senior?.because ?? "",
          ballot: event.data.ballot,
        },
      });
    case "RoundTallied":
      return seated(
        withCard(view, {
          tallies: [...card.tallies, event.data.tally],
          because: event.data.tally.because,
        }),
      );
    case "DecisionMade":
      return withCard(view, {
        phase: event.data.outcome,
        because: event.data.because,
        dissent: event.data.dissent,
      });
    case "DecisionEscalated":
      return withCard(view, {
        phase: "escalated",
        because: event.data.because,
        dissent: event.data.dissent,
      });
    case "RulingAsked":
      return withCard(view, { asks: event.data.question });
    case "HumanRuled":
      return withCard(view, {
        asks: null,
        ruling: {
          verdict: event.data.verdict,
          reason: event.data.reason,
          by: event.data.by,
          at: event.at,
        },
      });
  }
}

function openRound(
  view: DecisionView | undefined,
  event: Extract<DecisionEvent, { type: "RoundOpened" }>,
  attempt: number,
): DecisionView {
  const opened = event.data;
  if (view !== undefined)
    return seated({
      ...withCard(view, { round: opened.round }),
      round: opened.round,
    });
  return seated({
    opened,
    attempt,
    round: opened.round,
    closed: 0,
    ballots: [],
    voided: [],
    card: {
      decisionId: opened.decisionId,
      missionId: event.missionId,
      subject: opened.subject,
      title: opened.title,
      artifactHash: opened.artifactHash,
      attempt,
      round: opened.round,
      rules: opened.rules,
      phase: "voting",
      electors: [],
      evidence: [],
      tallies: [],
      verified: [],
      senior: null,
      dissent: [],
      because: "",
      asks: null,
      ruling: null,
    },
  });
}

function withCard(
  view: DecisionView,
  change: Partial<DecisionCard>,
): DecisionView {
  return { ...view, card: { ...view.card, ...change } };
}

/** An elector of another hub, whose id names that hub, has no ballot any more once two of its differ. */
function setAside(
  view: DecisionView,
  { ballot, why }: DataOf<"BallotSetAside">,
): DecisionView {
  const { agentId } = ballot;
  const isOpen =
    view.round > view.closed &&
    view.card.tallies.every(({ round }) => round < view.round);
  return isOpen && why === "equivocation" && agentId.includes("@")
    ? seated({ ...view, voided: [...view.voided, agentId] })
    : view;
}

/** Shows each elector's ballot of the current round, or of the last tallied one while a new round has none of theirs. */
function seated(view: DecisionView): DecisionView {
  // Ballots are open once the round is counted, and while its findings are verified: who is still to vote votes no more then.
  const tallied = Math.max(
    view.closed,
    ...view.card.tallies.map((tally) => tally.round),
  );
  const show = (agentId: string): BallotShown => {
    if (view.voided.includes(agentId)) return { state: "voided" };
    const own = view.ballots.filter((ballot) => ballot.agentId === agentId);
    const current = own.find((ballot) => ballot.round === view.round);
    if (current !== undefined && view.round > tallied)
      return { state: "sealed" };
    const last = own.findLast((ballot) => ballot.round <= tallied);
    if (view.round > tallied) return { state: "waiting" };
    return last ? { state: "open", ballot: last } : { state: "absent" };
  };
  return withCard(view, {
    electors: view.opened.electorate.map(({ agentId, name, role }) => ({
      agentId,
      name,
      role,
      shown: show(agentId),
    })),
  });
}
