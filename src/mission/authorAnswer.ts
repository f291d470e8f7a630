import { contestedClaims } from "../core/consensus/contested.ts";
import type { Line } from "./line.ts";
import type { Poll } from "./poll.ts";
import type { Proposal } from "./proposal.ts";
import { untilDeadline } from "./untilDeadline.ts";
import { unlessStalled, workBase } from "./work.ts";

/**
 * What the author says to the contested claims before the others vote again, in at most half of the round's time; undefined in the first
 * round, where there is no author, and when nothing comes.
 */
export async function authorsAnswer(
  line: Line,
  proposal: Proposal,
  poll: Poll,
): Promise<string | undefined> {
  const state = poll.state();
  const { round } = state;
  const [author] = proposal.authorIds;
  const claims = contestedClaims(state);
  if (round === undefined || round.round < 2) return undefined;
  if (author === undefined || claims.length === 0) return undefined;
  const now = line.ports.clock.now();
  const { decisionId, artifact, attempt, root } = proposal;
  let answer: string | undefined;
  await untilDeadline(line, now + (round.deadline - now) / 2, (signal) => [
    (async () => {
      const reply = await line.ports.team.ask(
        author,
        {
          ...workBase(line, attempt, `answer/${decisionId}`, root),
          kind: "resolve",
          findings: [],
          remarks: [],
          against: { artifact, claims: [...claims] },
        },
        signal,
      );
      if (!reply.ok && reply.code === "budget-spent") return;
      unlessStalled(reply);
      if (reply.ok) ({ answer } = reply.answer.resolution);
    })(),
  ]);
  return answer;
}
