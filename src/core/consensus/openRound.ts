/** How a decision starts: the snapshot everything later is held to. */
import type { Elector, Rules, Subject } from "../../protocol/consensus.ts";
import type { TrustSnapshot } from "../../protocol/trust.ts";
import { RoundtableError } from "../errors.ts";
import type { DecisionEvent, DecisionState } from "./decision.ts";
import { staleArtifact } from "./ruleAsHuman.ts";

/** Opens the first round on one artifact. The snapshot of electors, rules and seed holds for the whole decision; `now` is ms since 1970. */
export interface OpenRound {
  readonly type: "OpenRound";
  readonly decisionId: string;
  readonly subject: Subject;
  readonly artifactHash: string;
  readonly title: string;
  /** They neither vote nor count for the quorum. */
  readonly authorIds: readonly string[];
  readonly electorate: readonly Elector[];
  readonly rules: Rules;
  readonly seed: number;
  readonly now: number;
  /** The decision this one reopens, which stays as it was decided; none by default. */
  readonly supersedes?: string;
  /** Trust in the electorate's lineages, as it is now; none by default. */
  readonly trust?: TrustSnapshot | undefined;
}

/** The opening of the first round; nothing when this artifact's decision is open or over already. Throws `stale-artifact` when the decision is bound to another artifact, `bad-intent` for a doubled elector or a decision that would reopen itself. */
export function openRound(
  state: DecisionState,
  command: OpenRound,
): readonly DecisionEvent[] {
  if (state.round !== undefined) {
    if (state.round.artifactHash === command.artifactHash) return [];
    throw staleArtifact();
  }
  const ids = command.electorate.map(({ agentId }) => agentId);
  if (new Set(ids).size !== ids.length)
    throw new RoundtableError(
      "bad-intent",
      "An agent sits at the table twice.",
      "No vote was opened; give every agent an id of its own and start again.",
    );
  if (command.supersedes === command.decisionId)
    throw new RoundtableError(
      "bad-intent",
      "A decision cannot reopen itself.",
      "What was decided stands; reopen it as a new decision with an id of its own.",
    );
  return [
    {
      type: "RoundOpened",
      data: {
        decisionId: command.decisionId,
        round: 1,
        subject: command.subject,
        artifactHash: command.artifactHash,
        title: command.title,
        authorIds: [...command.authorIds],
        electorate: command.electorate.filter(
          ({ agentId }) => !command.authorIds.includes(agentId),
        ),
        rules: command.rules,
        seed: command.seed,
        deadline: command.now + command.rules.roundMs,
        ...(command.supersedes === undefined
          ? {}
          : { supersedes: command.supersedes }),
        ...(command.trust === undefined ? {} : { trust: command.trust }),
      },
    },
  ];
}
