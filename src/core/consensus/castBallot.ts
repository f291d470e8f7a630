/** Which ballots count. Nothing that arrives is lost: what does not count is set aside with the reason. */
import type { Ballot } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";
import type { DecisionEvent, DecisionState } from "./decision.ts";
import { ballotIn, electors, isVoided, phase, sameBallot } from "./decision.ts";

type Why = DataOf<"BallotSetAside">["why"];

/** A ballot and who brought it: the agent whose connection it came in on. */
export interface CastBallot {
  readonly type: "CastBallot";
  readonly ballot: Ballot;
  readonly by: string;
  readonly now: number;
}

/**
 * Ballots of electors of other hubs that said two things for one place, both of them. Whoever of them is in the snapshot has no ballot that
 * counts from here on; local electors and strangers are left alone.
 */
export interface VoidBallots {
  readonly type: "VoidBallots";
  readonly ballots: readonly Ballot[];
}

/** Events of ballots that void their electors' word; those known already as such are left out. */
export function voidBallots(
  { decisionId }: DataOf<"RoundOpened">,
  state: DecisionState,
  { ballots }: VoidBallots,
): readonly DecisionEvent[] {
  const far = electors(state).filter(({ hub }) => hub !== "local");
  return ballots
    .filter(
      (ballot) =>
        far.some(({ agentId }) => agentId === ballot.agentId) &&
        !state.setAside.some(
          (known) =>
            known.why === "equivocation" && sameBallot(known.ballot, ballot),
        ),
    )
    .map((ballot) => ({
      type: "BallotSetAside",
      data: { decisionId, ballot, why: "equivocation" },
    }));
}

/**
 * Events of one arriving ballot; none when the same ballot was dealt with before. Throws `bad-intent` when it is not from its agent.
 * A round number that is not open yet counts as `stale`.
 */
export function castBallot(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
  { ballot, by, now }: CastBallot,
): readonly DecisionEvent[] {
  if (by !== ballot.agentId)
    throw new RoundtableError(
      "bad-intent",
      `${by} tried to cast a ballot in the name of ${ballot.agentId}.`,
      "Nothing was counted; each agent casts only its own ballot.",
    );
  const aside = (why: Why): readonly DecisionEvent[] =>
    state.setAside.some(
      (known) => known.why === why && sameBallot(known.ballot, ballot),
    )
      ? []
      : [
          {
            type: "BallotSetAside",
            data: { decisionId: round.decisionId, ballot, why },
          },
        ];
  const cast = (counted: Ballot): DecisionEvent => ({
    type: "BallotCast",
    data: { decisionId: round.decisionId, ballot: counted },
  });

  const bar = barTo(round, state, ballot);
  if (bar !== undefined) return aside(bar);
  if (isVoided(state, ballot.agentId)) return aside("equivocation");
  const first = ballotIn(state, ballot.agentId, ballot.round);
  if (first !== undefined) {
    const again =
      sameBallot(first, ballot) ||
      state.setAside.some(({ ballot: known }) => sameBallot(known, ballot));
    return again ? [] : aside("equivocation");
  }
  if (isLate(round, state, ballot, now)) return aside("late");
  if (ballot.round > round.round) return aside("stale");

  const before = ballotIn(state, ballot.agentId, ballot.round - 1);
  return before === undefined || mayChange(state, before, ballot)
    ? [cast(ballot)]
    : [...aside("unchanged"), cast({ ...before, round: ballot.round })];
}

function barTo(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
  ballot: Ballot,
): Why | undefined {
  if (round.authorIds.includes(ballot.agentId)) return "author";
  if (!electors(state).some(({ agentId }) => agentId === ballot.agentId))
    return "stranger";
  return ballot.artifactHash === round.artifactHash ? undefined : "stale";
}

function isLate(
  round: DataOf<"RoundOpened">,
  state: DecisionState,
  ballot: Ballot,
  now: number,
): boolean {
  return (
    phase(state) !== "collecting" ||
    ballot.round < round.round ||
    now >= round.deadline
  );
}

/** A vote changes only on evidence of this decision that the elector did not cite before; otherwise a rebuttal would reward giving in. */
function mayChange(
  state: DecisionState,
  before: Ballot,
  ballot: Ballot,
): boolean {
  if (before.verdict === ballot.verdict) return true;
  const cited = new Set(before.findings.map(({ evidenceRef }) => evidenceRef));
  return ballot.findings.some(
    ({ evidenceRef }) =>
      !cited.has(evidenceRef) &&
      state.evidence.some(({ id }) => id === evidenceRef),
  );
}
