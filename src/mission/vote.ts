import { phase, type DecisionState } from "../core/consensus/decision.ts";
import { trustFor } from "../core/learning/snapshot.ts";
import { collectBallots } from "./ballots.ts";
import type { Line } from "./line.ts";
import { openPoll } from "./poll.ts";
import type { Proposal } from "./proposal.ts";
import { rulesFor } from "./rules.ts";
import { askSenior } from "./senior.ts";
import { verifyClaims } from "./verify.ts";

/**
 * Lets the team decide on a proposal: evidence, sealed ballots, verification, tally, at most one rebuttal, and a senior
 * model for what stays split. Code runs the protocol, agents only fill in forms. What the log already holds is not asked again; who cannot
 * answer by the deadline is absent.
 */
export async function vote(
  line: Line,
  proposal: Proposal,
): Promise<DecisionState> {
  const poll = openPoll(line, proposal.decisionId);
  const { electorate } = line.opened;
  const { decisionId, subject, artifactHash, title } = proposal;
  await poll.do({
    type: "OpenRound",
    decisionId,
    subject,
    artifactHash,
    title,
    authorIds: [...proposal.authorIds],
    electorate,
    rules: rulesFor(line.opened, proposal.paths),
    seed: line.ports.chance.seed(),
    now: line.ports.clock.now(),
    ...(subject === "change" && {
      trust: trustFor(line.ports.trust(), electorate),
    }),
  });
  if (
    phase(poll.state()) === "collecting" &&
    poll.state().evidence.length === 0
  )
    await poll.do(
      ...(await proposal.evidence(line)).map(
        (evidence) => ({ type: "RecordEvidence", evidence }) as const,
      ),
    );
  await poll.do({ type: "EvidenceDone" });
  for (;;) {
    switch (phase(poll.state())) {
      case "collecting":
        await collectBallots(line, proposal, poll);
        break;
      case "verifying":
        await verifyClaims(line, proposal, poll);
        break;
      case "senior":
        await askSenior(line, proposal, poll);
        continue;
      case "tallied":
        break;
      case "unopened":
      case "approved":
      case "blocked":
      case "escalated":
        return poll.state();
    }
    await poll.do({ type: "CloseRound", now: line.ports.clock.now() });
  }
}
