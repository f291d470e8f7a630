import { gateNotRun } from "../core/consensus/gate.ts";
import { phase, type DecisionState } from "../core/consensus/decision.ts";
import type { Outcome } from "../protocol/event.ts";
import { matchEarlier } from "./again.ts";
import { changeProposal, READING } from "./change.ts";
import type { Line } from "./line.ts";
import { changesToReview } from "./open.ts";
import { rule } from "./ruling.ts";
import { vote } from "./vote.ts";

/** Reviews a change that is already there: evidence → vote → outcome; the human is asked only when the team cannot decide. */
export async function review(line: Line): Promise<Outcome> {
  const { repo, scope, approve } = line.opened;
  const proposed = await line.journal.step("ChangeProposed", 1, async () => ({
    attempt: 1,
    change: await changesToReview(line.ports.git, repo.root, scope),
    authorIds: [],
  }));
  const change = await changeProposal(line, proposed);
  const decision = await vote(line, change);
  await matchEarlier(line, proposed.change);
  const because = [decision.outcome?.because ?? "", ...unread(decision)].join(
    " ",
  );
  if (phase(decision) === "approved")
    return { kind: "accepted", summary: `Accepted. ${because}` };
  if (phase(decision) === "blocked")
    return { kind: "blocked", summary: `Blocked. ${because}` };
  const alone = evidenceAlone(decision);
  if (alone !== undefined) return { kind: "accepted", summary: alone };
  if (approve !== "ask")
    return { kind: "blocked", summary: `Not accepted. ${because}` };
  const word = await rule(line, change, decision);
  if (word.kind === "go")
    return { kind: "accepted", summary: "Accepted: you decided." };
  return word.kind === "end"
    ? word.outcome
    : { kind: "blocked", summary: "You asked for changes." };
}

/** What of the change nobody read, for the sentence that says how the review came out. */
function unread({ evidence }: DecisionState): readonly string[] {
  return evidence
    .filter(({ id }) => id === READING)
    .map(({ summary }) => summary);
}

/**
 * Where nobody votes because there is no model, or everybody present abstains, the tools have the only word and their silence accepts.
 * Undefined where somebody has an opinion, somebody who should have one is absent, or a required check could not run.
 */
function evidenceAlone(decision: DecisionState): string | undefined {
  const tally = decision.tallies.at(-1);
  if (tally === undefined || gateNotRun(decision.evidence) !== undefined)
    return undefined;
  // Rules that ask for somebody's word are not met by silence.
  if ((decision.round?.rules.requiredRoles.length ?? 0) > 0) return undefined;
  const { approvals, blocks, absent, abstentions } = tally;
  if (approvals + blocks + absent > 0) return undefined;
  const failed = decision.evidence.filter(({ status }) => status === "FAIL");
  const found =
    failed.length === 0
      ? "The tools found nothing against this change."
      : `Nothing the tools found blocks this change; look at ${failed.map(({ tool }) => tool).join(", ")}.`;
  const nobody =
    abstentions === 0
      ? "No model has read it"
      : `Everybody abstained (${decision.ballots.at(-1)?.reason ?? "without a reason"})`;
  return `${found} ${nobody}: this is evidence alone.`;
}
