import { contestedFor } from "../core/consensus/contested.ts";
import { missingBallots } from "../core/consensus/decision.ts";
import type { Elector } from "../protocol/consensus.ts";
import { authorsAnswer } from "./authorAnswer.ts";
import type { Line } from "./line.ts";
import { placedPaper } from "./places.ts";
import type { Poll } from "./poll.ts";
import type { Proposal } from "./proposal.ts";
import { untilDeadline } from "./untilDeadline.ts";
import { unlessStalled, workBase } from "./work.ts";

/** Asks everyone whose ballot is missing, all at once, until the round's deadline. Who cannot answer is absent, and who said two things from another hub has said nothing. */
export async function collectBallots(
  line: Line,
  proposal: Proposal,
  poll: Poll,
): Promise<void> {
  const { round } = poll.state();
  if (round === undefined) return;
  const answer = await authorsAnswer(line, proposal, poll);
  await untilDeadline(line, round.deadline, (signal) =>
    missingBallots(poll.state()).map((elector) =>
      castFor(line, proposal, poll, { elector, answer }, signal),
    ),
  );
  const doubled = line.ports.team.doubled?.(
    line.missionId,
    proposal.decisionId,
  );
  if (doubled !== undefined && doubled.length > 0)
    await poll.do({ type: "VoidBallots", ballots: doubled });
}

async function castFor(
  line: Line,
  proposal: Proposal,
  poll: Poll,
  {
    elector,
    answer,
  }: { readonly elector: Elector; readonly answer: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const state = poll.state();
  const round = state.round?.round ?? 1;
  const { decisionId, subject, artifactHash, artifact, attempt, root } =
    proposal;
  const reply = unlessStalled(
    await line.ports.team.ask(
      elector.agentId,
      {
        ...workBase(
          line,
          attempt,
          `ballot/${decisionId}/${String(round)}/${elector.agentId}`,
          root,
        ),
        kind: "ballot",
        decisionId,
        round,
        subject,
        artifactHash,
        artifact,
        evidence: [...state.evidence],
        contested: [...contestedFor(state, elector.agentId)],
        ...(answer !== undefined && { answer }),
      },
      signal,
    ),
  );
  if (!reply.ok) return;
  const { paper } = reply.answer;
  await poll.do({
    type: "CastBallot",
    by: elector.agentId,
    ballot: {
      ...(await placedPaper(proposal, paper)),
      agentId: elector.agentId,
      round,
      artifactHash,
      lineage: reply.lineage,
    },
    now: line.ports.clock.now(),
  });
}
