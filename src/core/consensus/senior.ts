/** The senior model: asked once, after the team could not decide and before the human is. It never stands in for a check or a required role. */
import type { Ballot } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";
import type { DecisionEvent, DecisionState } from "./decision.ts";
import { electors, phase, standingBallots } from "./decision.ts";
import { failedGate, gateNotRun } from "./gate.ts";
import { missingRole } from "./quorum.ts";
import { staleArtifact } from "./ruleAsHuman.ts";

/** The senior model's word. Its ballot is signed by an agent that neither voted on this nor wrote it. */
export interface RecordSenior {
  readonly type: "RecordSenior";
  readonly ballot: Ballot;
}

/** True when the rules send what the team could not decide to the senior model: once, and only where no required check and no required role is missing. */
export function maySeniorDecide(
  { rules }: DataOf<"RoundOpened">,
  state: DecisionState,
): boolean {
  return (
    rules.senior === true &&
    state.seniorAsked === undefined &&
    // Where nobody has a vote there is no team that could not decide.
    electors(state).length > 0 &&
    failedGate(state.evidence) === undefined &&
    gateNotRun(state.evidence) === undefined &&
    missingRole({
      electorate: electors(state),
      rules,
      ballots: standingBallots(state),
    }) === undefined
  );
}

/** The answer as an event; nothing when it was asked nothing or has answered. Throws `stale-artifact` for another artifact, `bad-intent` for an author or one who has voted. */
export function recordSenior(
  { decisionId, artifactHash, authorIds }: DataOf<"RoundOpened">,
  state: DecisionState,
  { ballot }: RecordSenior,
): readonly DecisionEvent[] {
  if (phase(state) !== "senior" || state.senior !== undefined) return [];
  if (ballot.artifactHash !== artifactHash) throw staleArtifact();
  const { agentId } = ballot;
  if (
    authorIds.includes(agentId) ||
    state.ballots.some((known) => known.agentId === agentId)
  )
    throw new RoundtableError(
      "bad-intent",
      `${agentId} cannot have the last word: it wrote this or has voted on it.`,
      "Nothing was recorded; ask a model that has no part in this yet, or leave it to the human.",
    );
  return [{ type: "SeniorAnswered", data: { decisionId, ballot } }];
}
