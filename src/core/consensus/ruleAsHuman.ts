/** The human owns the decision; this is not a ballot. */
import type { HumanVerdict } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";
import type { DecisionEvent, DecisionState } from "./decision.ts";

/** The human's word on the decided artifact. `overrule` needs a reason, and so does going against a block: `approve` is not enough there. */
export interface RuleAsHuman {
  readonly type: "RuleAsHuman";
  readonly artifactHash: string;
  readonly verdict: HumanVerdict;
  readonly reason: string;
  readonly by: string;
}

/** The ruling as an event; nothing when the same ruling was given before. Throws `stale-artifact`, `no-decision` while the team still votes, and `bad-intent` for a second ruling, an unreasoned overrule or an approval of what was blocked. */
export function ruleAsHuman(
  { decisionId, artifactHash }: DataOf<"RoundOpened">,
  state: DecisionState,
  command: RuleAsHuman,
): readonly DecisionEvent[] {
  if (command.artifactHash !== artifactHash) throw staleArtifact();
  if (state.outcome === undefined)
    throw new RoundtableError(
      "no-decision",
      "The team has not decided on this yet.",
      "Nothing was recorded; rule when the vote is over, or stop the mission.",
    );
  const { ruling } = state;
  if (ruling !== undefined) {
    if (ruling.verdict === command.verdict) return [];
    throw new RoundtableError(
      "bad-intent",
      `This was already ruled on: ${ruling.verdict} by ${ruling.by}.`,
      "The first ruling stands; start a new attempt to decide again.",
    );
  }
  const { verdict, reason, by } = command;
  if (verdict === "approve" && state.outcome.kind === "blocked")
    throw new RoundtableError(
      "bad-intent",
      "The team blocked this, so approving it means overruling the team.",
      "Nothing was recorded; overrule with a reason, or request changes.",
    );
  if (verdict === "overrule" && reason.trim() === "")
    throw new RoundtableError(
      "bad-intent",
      "Overruling the team needs a reason.",
      "Nothing was recorded; say why, it is kept with the decision.",
    );
  return [
    {
      type: "HumanRuled",
      data: { decisionId, artifactHash, verdict, reason, by },
    },
  ];
}

/** The error for a hash that is not the one this decision is bound to. */
export function staleArtifact(): RoundtableError {
  return new RoundtableError(
    "stale-artifact",
    "What was decided on has changed since.",
    "Nothing was recorded; look at the current version and decide on that.",
  );
}
