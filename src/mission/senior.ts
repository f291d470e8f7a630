import {
  electors,
  phase,
  standingBallots,
  type DecisionState,
} from "../core/consensus/decision.ts";
import { compareText } from "../core/consensus/order.ts";
import type { Seat } from "../ports.ts";
import type { Line } from "./line.ts";
import { placedPaper } from "./places.ts";
import type { Poll } from "./poll.ts";
import type { Proposal } from "./proposal.ts";
import { untilDeadline } from "./untilDeadline.ts";
import { unlessStalled, workBase } from "./work.ts";

/**
 * Asks the senior model what the team could not settle: somebody at the table who has no part in it yet, told both sides without names.
 * Where nobody is, and when no answer comes in the time of one round, it is the human's.
 */
export async function askSenior(
  line: Line,
  proposal: Proposal,
  poll: Poll,
): Promise<void> {
  const state = poll.state();
  const senior = seniorFor(line, state);
  if (senior !== undefined && phase(state) === "senior") {
    const { clock } = line.ports;
    const deadline = clock.now() + (state.round?.rules.roundMs ?? 0);
    await untilDeadline(line, deadline, (signal) => [
      answer(line, proposal, poll, senior, signal),
    ]);
  }
  await poll.do({ type: "SeniorAbsent" });
}

/** A seat of the role `senior` if there is one, else any local one that neither voted nor wrote this, by id. */
function seniorFor(line: Line, state: DecisionState): Seat | undefined {
  const part = new Set([
    ...(state.round?.authorIds ?? []),
    ...electors(state).map(({ agentId }) => agentId),
    ...state.ballots.map(({ agentId }) => agentId),
  ]);
  const free = line.ports.team
    .seats()
    .filter(({ agentId, hub }) => hub === "local" && !part.has(agentId))
    .toSorted((a, b) => compareText(a.agentId, b.agentId));
  return free.find(({ role }) => role === "senior") ?? free[0];
}

async function answer(
  line: Line,
  proposal: Proposal,
  poll: Poll,
  { agentId }: Seat,
  signal: AbortSignal,
): Promise<void> {
  const state = poll.state();
  const round = state.round?.round ?? 1;
  const { decisionId, subject, artifactHash, artifact, attempt, root } =
    proposal;
  const reply = unlessStalled(
    await line.ports.team.ask(
      agentId,
      {
        ...workBase(line, attempt, `senior/${decisionId}/${agentId}`, root),
        kind: "ballot",
        decisionId,
        round,
        subject,
        artifactHash,
        artifact,
        evidence: [...state.evidence],
        contested: [],
        split: {
          because: state.seniorAsked ?? "",
          reasons: reasonsOf(state),
        },
      },
      signal,
    ),
  );
  if (!reply.ok) return;
  const { paper } = reply.answer;
  await poll.do({
    type: "RecordSenior",
    ballot: {
      ...(await placedPaper(proposal, paper)),
      agentId,
      round,
      artifactHash,
      lineage: reply.lineage,
    },
  });
}

/** What was said on both sides: no names, no counts, in an order that tells nothing. */
function reasonsOf(state: DecisionState): string[] {
  return standingBallots(state)
    .map(({ verdict, reason }) => `${verdict}: ${reason}`)
    .toSorted(compareText);
}
