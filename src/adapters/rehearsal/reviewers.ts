import type { Finding, Verdict } from "../../protocol/consensus.ts";
import type { BallotPaper } from "../../protocol/work.ts";
import { play, read, say, submit } from "./turn.ts";
import type { Scene, ScriptRequest, ScriptedTurn } from "./turn.ts";

type Ballots = Readonly<Record<string, Scene>>;

/** A ballot on the sample's plan. Roles the script does not know abstain. */
export function votingOnPlan(request: ScriptRequest): ScriptedTurn {
  const revised = request.brief.includes("stop-at-zero");
  return voting(revised ? onSecondPlan : onFirstPlan, request);
}

/** A ballot on the sample's change: by what the diff shows, not by the attempt's number. */
export function votingOnChange(request: ScriptRequest): ScriptedTurn {
  const mended = request.brief.includes("Math.max(0");
  return voting(mended ? onMendedChange : onFirstChange, request);
}

/** A ballot on the answer to the sample question. */
export function votingOnAnswer(request: ScriptRequest): ScriptedTurn {
  return voting(onAnswer, request);
}

/** The ballot of somebody who has nothing to say about work the script does not know. */
export function abstaining(request: ScriptRequest): ScriptedTurn {
  return play(
    [
      say(
        "I have only rehearsed the sample mission, so I keep out of this.",
        submit(
          paper(
            "abstain",
            0,
            "This is a rehearsal: no model has read this change; only the evidence counts.",
          ),
        ),
      ),
    ],
    request,
  );
}

function voting(ballots: Ballots, request: ScriptRequest): ScriptedTurn {
  const scene = ballots[request.part?.role ?? ""];
  if (scene === undefined) return abstaining(request);
  const turn = play(scene, request);
  if ((request.part?.round ?? 0) < 2) return turn;
  // Nobody has new evidence, and a changed vote without it would count as the old one.
  const [ballot] = scene.slice(-1);
  return typeof ballot === "object" && ballot.kind === "speech"
    ? {
        ...ballot,
        text: "I have read the open points. None of them brings new evidence, so I stand by my vote.",
      }
    : turn;
}

function paper(
  verdict: Verdict,
  confidence: number,
  reason: string,
  ...findings: readonly Finding[]
): BallotPaper {
  return { verdict, confidence, reason, findings: [...findings] };
}

function vote(text: string, ballot: BallotPaper): ScriptedTurn {
  return say(text, submit(ballot));
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

const onAnswer: Ballots = {
  planner: [
    vote(
      "One rule, easy to explain. Yes.",
      paper(
        "approve",
        86,
        "It can be introduced file by file; nothing has to change at once.",
      ),
    ),
  ],
  architect: [
    vote(
      "Integers inside, text at the edge. That is the boundary I would draw too.",
      paper(
        "approve",
        92,
        "Formatting is already in one place, src/money.js, so the rule costs nothing.",
      ),
    ),
  ],
  security: [
    vote(
      "Rounding errors in money get exploited sooner or later. Cents leave no room for them.",
      paper(
        "approve",
        88,
        "Whole numbers cannot be nudged by fractions of a cent.",
      ),
    ),
  ],
  developer: [
    vote(
      "The code does it already. I would be glad to see it written down.",
      paper(
        "approve",
        90,
        "No code has to change today, and nobody has to guess tomorrow.",
      ),
    ),
  ],
  qa: [
    vote(
      "Yes, but percentages will need a rule for rounding before anyone adds one.",
      paper(
        "approve",
        78,
        "Whole cents are easy to test for equality. The rounding of percentages is still open.",
        {
          path: "src/money.js",
          line: 0,
          claim: "There is no rule yet for rounding a percentage of an amount.",
          severity: "low",
        },
      ),
    ),
  ],
};
