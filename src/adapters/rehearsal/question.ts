import type { Resolution } from "../../protocol/work.ts";
import { paper, vote, voting } from "./ballot.ts";
import type { Ballots } from "./ballot.ts";
import { play, read, say, submit } from "./turn.ts";
import type { Scene, ScriptRequest, ScriptedTurn } from "./turn.ts";

/** The sample question's answer, whoever is asked to write it. */
export function answering(request: ScriptRequest): ScriptedTurn {
  return play(writing, request);
}

/** A ballot on the answer to the sample question. */
export function votingOnAnswer(request: ScriptRequest): ScriptedTurn {
  return voting(onAnswer, request);
}

/** What the team proposes when it is asked the sample question. */
const SAMPLE_ANSWER = {
  answer:
    "Yes. Keep every amount as a whole number of cents, from input to storage, and turn it into text only where a person reads it. Fractions of a cent then cannot creep in: in floating point, 0.1 + 0.2 is not 0.3.",
  options: [
    "Whole cents as integers",
    "Floating-point amounts, rounded for display",
    "A decimal library",
  ],
  consequences: [
    "Percentages need one agreed rule for rounding",
    "Currencies without cents need their own smallest unit",
  ],
} satisfies Resolution;

const writing: Scene = [
  say(
    "Let me look at how amounts are handled today.",
    read("src/money.js"),
    read("src/order.js"),
  ),
  say(
    "The code already thinks in cents; it only never says so. I propose to make that the rule.",
    submit(SAMPLE_ANSWER),
  ),
];

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
