/** The decider: what follows from a command. Code runs the protocol, agents only fill in ballots. */
import type { Evidence, Tally } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";
import type { CastBallot } from "./castBallot.ts";
import { castBallot } from "./castBallot.ts";
import { contestedClaims } from "./contested.ts";
import type { DecisionEvent, DecisionState, TeamOutcome } from "./decision.ts";
import { electors, evolve, phase, standingBallots } from "./decision.ts";
import { dissentOf } from "./dissent.ts";
import { failedGate, gateNotRun } from "./gate.ts";
import type { OpenRound } from "./openRound.ts";
import { openRound } from "./openRound.ts";
import type { RuleAsHuman } from "./ruleAsHuman.ts";
import { ruleAsHuman } from "./ruleAsHuman.ts";
import { tally } from "./tally.ts";

/** What can be asked of a decision; times are ms since 1970. */
export type DecisionCommand =
  | OpenRound
  | { readonly type: "RecordEvidence"; readonly evidence: Evidence }
  /** All checks have reported: a required one that failed blocks now, before anyone is asked to vote. */
  | { readonly type: "EvidenceDone" }
  | CastBallot
  /** All ballots are in, the deadline has come, or who is missing cannot answer. */
  | { readonly type: "CloseRound"; readonly now: number }
  | { readonly type: "Escalate"; readonly because: string }
  | RuleAsHuman;

/**
 * The events that follow from `command`, to be appended together; none when it is already done or comes too late to matter. Every prefix of them
 * is a state from which the same command goes on. Throws `no-decision` before there is one to act on, `stale-artifact` for another artifact's
 * hash, `bad-intent` for a forged ballot, a doubled elector, or a ruling without its reason or after another.
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
    case "CloseRound":
      return close(round, state, command.now);
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
  const last = state.tallies.at(-1);
  if (last?.round === round.round) return [follow(round, state, last, now)];
  const counted = tally({
    round: round.round,
    subject: round.subject,
    electorate: electors(state),
    rules: round.rules,
    evidence: state.evidence,
    ballots: standingBallots(state),
  });
  const tallied: DecisionEvent = {
    type: "RoundTallied",
    data: { decisionId: round.decisionId, tally: counted },
  };
  return [tallied, follow(round, evolve(state, tallied), counted, now)];
}

/** What a tally leads to: a decision, the rebuttal round, or the human. */
function follow(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
  { outcome, because }: Tally,
  now: number,
): DecisionEvent {
  if (outcome === "approved" || outcome === "blocked")
    return conclude(round, state, outcome, because);
  return outcome === "split" && canRebut(round, state)
    ? {
        type: "RoundOpened",
        data: {
          ...round,
          round: round.round + 1,
          deadline: now + round.rules.roundMs,
        },
      }
    : conclude(round, state, "escalated", because);
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
