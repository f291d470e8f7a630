/** The decider: what follows from a command. Code runs the protocol, agents only fill in ballots. */
import type { Evidence, Tally } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";
import type { CastBallot, VoidBallots } from "./castBallot.ts";
import { castBallot, voidBallots } from "./castBallot.ts";
import { contestedClaims } from "./contested.ts";
import type { DecisionEvent, DecisionState, TeamOutcome } from "./decision.ts";
import { electors, evolve, phase, standingBallots } from "./decision.ts";
import { dissentOf } from "./dissent.ts";
import { failedGate, gateNotRun } from "./gate.ts";
import type { OpenRound } from "./openRound.ts";
import { openRound } from "./openRound.ts";
import type { RuleAsHuman } from "./ruleAsHuman.ts";
import { ruleAsHuman } from "./ruleAsHuman.ts";
import type { RecordSenior } from "./senior.ts";
import { maySeniorDecide, recordSenior } from "./senior.ts";
import { tally } from "./tally.ts";
import type { RecordVerification } from "./verify.ts";
import { claimsToVerify, recordVerification } from "./verify.ts";

/** What can be asked of a decision; times are ms since 1970. */
export type DecisionCommand =
  | OpenRound
  | { readonly type: "RecordEvidence"; readonly evidence: Evidence }
  /** All checks have reported: a required one that failed blocks now, before anyone is asked to vote. */
  | { readonly type: "EvidenceDone" }
  | CastBallot
  | VoidBallots
  /**
   * All ballots are in, the deadline has come, or who is missing cannot answer. Opens the verification of a change where there is one; given
   * again when its verifiers are done, dead or late, tallies.
   */
  | { readonly type: "CloseRound"; readonly now: number }
  | RecordVerification
  | RecordSenior
  /** The senior model does not answer. */
  | { readonly type: "SeniorAbsent" }
  /** Ends the team's part now, whatever it waits for: the money or the time is gone. */
  | { readonly type: "Escalate"; readonly because: string }
  | RuleAsHuman;

/**
 * The events that follow from `command`, to be appended together; none when it is already done or comes too late to matter. Every prefix of them
 * is a state from which the same command goes on. Throws `no-decision` before there is one to act on, `stale-artifact` for another artifact's
 * hash, `bad-intent` for a forged ballot, a doubled elector, a verifier or senior that may not speak, or a ruling without its reason or after another.
 */
export function decide(
  command: DecisionCommand,
  state: DecisionState,
): readonly DecisionEvent[] {
  if (command.type === "OpenRound") return openRound(state, command);
  const { round } = state;
  if (round === undefined)
    throw new RoundtableError(
      "no-decision",
      "This decision has not been opened.",
      "Nothing was recorded; wait until the team is asked to vote.",
    );
  switch (command.type) {
    case "RecordEvidence":
      return recordEvidence(round, state, command.evidence);
    case "EvidenceDone":
      return phase(state) === "collecting" &&
        failedGate(state.evidence) !== undefined
        ? close(round, state, 0)
        : [];
    case "CastBallot":
      return castBallot(round, state, command);
    case "VoidBallots":
      return voidBallots(round, state, command);
    case "CloseRound":
      return close(round, state, command.now);
    case "RecordVerification":
      return recordVerification(round, state, command);
    case "RecordSenior": {
      const answered = recordSenior(round, state, command);
      return [
        ...answered,
        ...followSenior(round, answered.reduce(evolve, state)),
      ];
    }
    case "SeniorAbsent":
      return phase(state) !== "senior"
        ? []
        : state.senior === undefined
          ? [conclude(round, state, "escalated", state.seniorAsked ?? "")]
          : followSenior(round, state);
    case "Escalate":
      return state.outcome === undefined
        ? [conclude(round, state, "escalated", command.because)]
        : [];
    case "RuleAsHuman":
      return ruleAsHuman(round, state, command);
  }
}

/** The first result under an id stands: a check that a crash made run again changes nothing. */
function recordEvidence(
  { decisionId }: DataOf<"RoundOpened">,
  state: DecisionState,
  evidence: Evidence,
): readonly DecisionEvent[] {
  return phase(state) !== "collecting" ||
    state.evidence.some(({ id }) => id === evidence.id)
    ? []
    : [{ type: "EvidenceRecorded", data: { decisionId, evidence } }];
}

function close(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
  now: number,
): readonly DecisionEvent[] {
  if (state.outcome !== undefined) return [];
  if (phase(state) === "senior") return followSenior(round, state);
  const last = state.tallies.at(-1);
  if (last?.round === round.round) return [follow(round, state, last, now)];
  const { decisionId } = round;
  const claims = phase(state) === "collecting" ? claimsToVerify(state) : [];
  if (claims.length > 0)
    return [
      {
        type: "VerificationOpened",
        data: { decisionId, round: round.round, claims: [...claims] },
      },
    ];
  const counted = tally({
    round: round.round,
    subject: round.subject,
    electorate: electors(state),
    rules: round.rules,
    evidence: state.evidence,
    ballots: standingBallots(state),
    claims: state.claims ?? [],
    verifications: state.verifications,
    trust: round.trust,
  });
  const tallied: DecisionEvent = {
    type: "RoundTallied",
    data: { decisionId, tally: counted },
  };
  return [tallied, follow(round, evolve(state, tallied), counted, now)];
}

/** What a tally leads to: a decision, the rebuttal round, the senior model, or the human. */
function follow(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
  { outcome, because }: Tally,
  now: number,
): DecisionEvent {
  if (outcome === "approved" || outcome === "blocked")
    return conclude(round, state, outcome, because);
  if (outcome === "split" && canRebut(round, state))
    return {
      type: "RoundOpened",
      data: {
        ...round,
        round: round.round + 1,
        deadline: now + round.rules.roundMs,
      },
    };
  return maySeniorDecide(round, state)
    ? {
        type: "SeniorAsked",
        data: { decisionId: round.decisionId, because },
      }
    : conclude(round, state, "escalated", because);
}

/** What the senior model's answer leads to; nothing while there is none. An abstention leaves it to the human. */
function followSenior(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
): readonly DecisionEvent[] {
  const { senior, seniorAsked } = state;
  if (senior === undefined || phase(state) !== "senior") return [];
  switch (senior.verdict) {
    case "approve":
    case "block": {
      const approved = senior.verdict === "approve";
      const because = `The team could not decide; the senior model ${approved ? "approves" : "blocks"}: ${senior.reason}`;
      return [
        conclude(round, state, approved ? "approved" : "blocked", because),
      ];
    }
    case "abstain":
      return [conclude(round, state, "escalated", seniorAsked ?? "")];
  }
}

/** A rebuttal needs a claim to answer. A change has none: repeating a finding one was shown would not be independent support for it. */
function canRebut(round: DataOf<"RoundOpened">, state: DecisionState): boolean {
  return (
    round.round < round.rules.maxRounds &&
    round.subject !== "change" &&
    gateNotRun(state.evidence) === undefined &&
    contestedClaims(state).length > 0
  );
}

function conclude(
  { decisionId, subject, artifactHash }: DataOf<"RoundOpened">,
  state: DecisionState,
  kind: TeamOutcome["kind"],
  because: string,
): DecisionEvent {
  const data = {
    decisionId,
    subject,
    artifactHash,
    because,
    dissent: dissentOf(state, kind),
  };
  return kind === "escalated"
    ? { type: "DecisionEscalated", data }
    : { type: "DecisionMade", data: { ...data, outcome: kind } };
}
