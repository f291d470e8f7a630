import { paper, vote, voting } from "./ballot.ts";
import type { Ballots } from "./ballot.ts";
import { read, say } from "./turn.ts";
import type { ScriptRequest, ScriptedTurn } from "./turn.ts";

/** A ballot on the sample's plan. Roles the script does not know abstain. */
export function votingOnPlan(request: ScriptRequest): ScriptedTurn {
  const revised = request.brief.includes("stop-at-zero");
  return voting(revised ? onSecondPlan : onFirstPlan, request);
}

const onFirstPlan: Ballots = {
  architect: [
    vote(
      "Small steps in different files, and the fix takes code away instead of adding some. I like it.",
      paper(
        "approve",
        90,
        "subtotal() is already there; using it is simpler than what it replaces. The steps do not get in each other's way.",
      ),
    ),
  ],
  security: [
    say("A coupon is money, so I look at who calls total().", {
      name: "search",
      input: { pattern: "total\\(", glob: "**/*.js" },
    }),
    vote(
      "Nothing limits a coupon's amount, and the plan does not mention it. I would settle that first.",
      paper(
        "block",
        60,
        "The plan leaves open what a coupon does that is larger than the order. That should be decided before anyone writes code.",
        {
          path: "take-off-once",
          line: 0,
          claim:
            "The step does not say what a coupon worth more than the order should do.",
          severity: "medium",
        },
      ),
    ),
  ],
  developer: [
    vote(
      "I can build this as written. One line goes, one line comes, and the failing test tells me when I am done.",
      paper(
        "approve",
        88,
        "Clear and small. The failing test pins the sum down, and the receipt is a few lines.",
      ),
    ),
  ],
  qa: [
    say(
      "What would tell us that it worked?",
      read("test/order.test.js"),
      read("test/receipt.test.js"),
    ),
    vote(
      "A test that fails today, and a new one for the receipt. Good enough to start.",
      paper(
        "approve",
        84,
        "The total has a failing test, the receipt gets a new one, and both run with node --test.",
      ),
    ),
  ],
};

const onSecondPlan: Ballots = {
  architect: [
    vote(
      "It keeps what is good and mends the one line that is not.",
      paper(
        "approve",
        91,
        "The limit belongs in total(), and that is where the plan puts it.",
      ),
    ),
  ],
  security: [
    vote(
      "That is the answer I was missing the first time.",
      paper(
        "approve",
        94,
        "The plan now says what a coupon worth more than the order does: the order is free.",
      ),
    ),
  ],
  developer: [
    vote(
      "Test first, then one line. Fine with me.",
      paper(
        "approve",
        93,
        "One line of code and one test; nothing of the first attempt has to go.",
      ),
    ),
  ],
  qa: [
    vote(
      "The missing case is now the first thing that gets written. Thank you.",
      paper(
        "approve",
        92,
        "The test comes before the fix and has to fail first, so it proves something.",
      ),
    ),
  ],
};
