import { paper, vote, voting } from "./ballot.ts";
import type { Ballots } from "./ballot.ts";
import { read, say } from "./turn.ts";
import type { ScriptRequest, ScriptedTurn } from "./turn.ts";

/** A ballot on the sample's change: by what the diff shows, not by the attempt's number. */
export function votingOnChange(request: ScriptRequest): ScriptedTurn {
  const mended = request.brief.includes("Math.max(0");
  return voting(mended ? onMendedChange : onFirstChange, request);
}

const onFirstChange: Ballots = {
  planner: [
    vote(
      "Step by step what the plan asked for: one subtraction, one receipt line, two sentences.",
      paper(
        "approve",
        82,
        "All three steps are there, nothing else was touched, and the tests pass.",
      ),
    ),
  ],
  architect: [
    say(
      "I read the receipt as a whole, not only the diff.",
      read("src/receipt.js"),
    ),
    vote(
      "The total has one home now, and the receipt only prints. That is how it should be.",
      paper(
        "approve",
        80,
        "The rule lives in total() alone and the receipt calls it. No new dependencies.",
      ),
    ),
  ],
  security: [
    say(
      "The same question as before: what if the coupon is the larger one?",
      read("src/order.js"),
    ),
    vote(
      "Then line 12 pays the customer. I cannot let that through.",
      paper(
        "block",
        92,
        "total() subtracts without a floor. Anyone with a large coupon and a small order gets money back.",
        {
          path: "src/order.js",
          line: 12,
          claim:
            "A coupon worth more than the order makes the total negative, and the shop owes the customer.",
          severity: "high",
        },
      ),
    ),
  ],
  qa: [
    say(
      "The tests pass, so I try what they leave out: a small order with a big coupon.",
      read("src/order.js"),
      read("test/order.test.js"),
    ),
    vote(
      "3.00 minus 5.00 comes out as -2.00. No test covers it, and no customer should see it.",
      paper(
        "block",
        88,
        "The edge the tests do not cover is wrong: an order can cost less than nothing.",
        {
          path: "src/order.js",
          line: 12,
          claim:
            "The total is negative when a coupon is worth more than the order: 5.00 off a 3.00 order makes it -2.00.",
          severity: "high",
        },
      ),
    ),
  ],
};

const onMendedChange: Ballots = {
  planner: [
    vote(
      "Both attempts together do what was asked, and the hole is closed.",
      paper(
        "approve",
        90,
        "The coupon counts once, is shown on the receipt, and never takes an order below zero.",
      ),
    ),
  ],
  architect: [
    say(
      "I go through the receipt once more, now that a total can stop at zero.",
      read("src/receipt.js"),
    ),
    vote(
      "One thing is left: for a 3.00 order the receipt prints 3.00, minus 5.00, total 0.00. That does not add up.",
      paper(
        "block",
        55,
        "The total is right, but the receipt shows the coupon's full amount even where only part of it was used.",
        {
          path: "src/receipt.js",
          line: 11,
          claim:
            "The receipt prints the coupon's full amount even if only part of it was needed, so its lines do not add up to the total.",
          severity: "medium",
        },
      ),
    ),
  ],
  security: [
    say("Line 12 again.", read("src/order.js")),
    vote(
      "It stops at zero, whatever the coupon says. My objection is settled.",
      paper(
        "approve",
        93,
        "total() can no longer be negative, and a test holds it.",
      ),
    ),
  ],
  qa: [
    say(
      "I look at the new test more closely than at the fix.",
      read("test/order.test.js"),
    ),
    vote(
      "It asks exactly the question that was open, and the answer is 0. Good.",
      paper(
        "approve",
        91,
        "The missing case is covered, and the old tests still pass.",
      ),
    ),
  ],
};
