import { paper, vote, voting } from "./ballot.ts";
import type { Ballots } from "./ballot.ts";
import { votingOnChange } from "./changeBallots.ts";
import { read, say } from "./turn.ts";
import type { ScriptRequest, ScriptedTurn } from "./turn.ts";

/** True for a review of the sample with the mistake of its first attempt in it. */
export function isSampleReview({ brief, part }: ScriptRequest): boolean {
  return (
    part?.subject === "change" &&
    brief.includes("+  return subtotal(order) - off;")
  );
}

/** A ballot on the sample's mistake when people ask for a review of it: two see it, one sees something that is not there. */
export function reviewing(request: ScriptRequest): ScriptedTurn {
  const role = request.part?.role ?? "";
  return Object.hasOwn(onReview, role)
    ? voting(onReview, request)
    : votingOnChange(request);
}

const onReview: Ballots = {
  planner: [
    vote(
      "One line for four, and it says what it does.",
      paper(
        "approve",
        75,
        "The coupon now comes off the order instead of off every line.",
      ),
    ),
  ],
  architect: [
    vote(
      "The loop had price times quantity in it, and the loop is gone.",
      paper(
        "block",
        60,
        "The multiplication was in the lines that were taken out.",
        {
          path: "src/order.js",
          line: 12,
          claim:
            "total() ignores the quantity of a line, since the loop that multiplied by it is gone.",
          severity: "high",
        },
      ),
    ),
  ],
  developer: [
    say("Shorter than before. I read what it calls.", read("src/order.js")),
    vote(
      "subtotal() was there already. I would have written it so too.",
      paper("approve", 80, "The sum has one home now, and total() uses it."),
    ),
  ],
};
