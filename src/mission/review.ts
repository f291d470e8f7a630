import type { Outcome } from "../protocol/event.ts";
import { RoundtableError } from "../core/errors.ts";
import { phase } from "../core/consensus/decision.ts";
import { changeProposal } from "./change.ts";
import type { Line } from "./line.ts";
import { rule } from "./ruling.ts";
import { vote } from "./vote.ts";

/** Reviews a change that is already there: evidence → vote → outcome; the human is asked only when the team cannot decide. */
export async function review(line: Line): Promise<Outcome> {
  const { repo, scope, electorate, approve } = line.opened;
  const proposed = await line.journal.step("ChangeProposed", 1, async () => {
    const { change } = await line.ports.git.scope(
      repo.root,
      scope ?? { kind: "working" },
    );
    if (change.files.length === 0)
      throw new RoundtableError(
        "bad-revision",
        "There is nothing to review: the two sides are the same.",
        "Change something, stage it, or name another base and head.",
      );
    return { attempt: 1, change, authorIds: [] };
  });
  const change = await changeProposal(line, proposed);
  const decision = await vote(line, change);
  const because = decision.outcome?.because ?? "";
  if (phase(decision) === "approved")
    return { kind: "accepted", summary: `Accepted. ${because}` };
  if (phase(decision) === "blocked")
    return { kind: "blocked", summary: `Blocked. ${because}` };
  if (electorate.length === 0)
    return {
      kind: "accepted",
      summary:
        "Nothing the tools found blocks this change. No model has read it: this is evidence alone.",
    };
  if (approve !== "ask")
    return { kind: "blocked", summary: `Not accepted. ${because}` };
  const word = await rule(line, change, decision);
  if (word.kind === "go")
    return { kind: "accepted", summary: "Accepted: you decided." };
  return word.kind === "end"
    ? word.outcome
    : { kind: "blocked", summary: "You asked for changes." };
}
