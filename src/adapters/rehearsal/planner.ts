import type { Plan, Resolution } from "../../protocol/work.ts";
import { play, read, refusal, say, submit } from "./turn.ts";
import type { ScriptRequest, ScriptedTurn } from "./turn.ts";

/** The first plan for the sample: right as far as the tests go. */
export const FIRST_PLAN = {
  summary:
    "The coupon is subtracted inside the loop over the lines, so an order with two lines gets it twice. Take it off the subtotal once, print it on the receipt, and say so in the README.",
  steps: [
    {
      id: "take-off-once",
      title: "Take the coupon off the order once",
      intent:
        "total() in src/order.js subtracts the coupon inside its loop over the lines. Subtract it from subtotal() once instead. The failing test in test/order.test.js says what is expected.",
      files: ["src/order.js"],
      dependsOn: [],
    },
    {
      id: "show-on-receipt",
      title: "Show the coupon on the receipt",
      intent:
        "Print a line with the coupon's code and amount above the total, and add a test for it. A receipt without a coupon stays as it is.",
      files: ["src/receipt.js", "test/receipt.test.js"],
      dependsOn: [],
    },
    {
      id: "say-so",
      title: "Describe the coupon in the README",
      intent:
        "Say in README.md that a coupon counts once per order and is shown on the receipt.",
      files: ["README.md"],
      dependsOn: ["take-off-once", "show-on-receipt"],
    },
  ],
  risks: ["Something else may rely on the wrong sum. Only the receipt does."],
  doneWhen: [
    "node --test passes",
    "A coupon of 5.00 makes an order with two lines 5.00 cheaper",
    "The receipt names the coupon",
  ],
} satisfies Plan;

/** The plan after the review found the hole in the first one. */
export const SECOND_PLAN = {
  summary:
    "Keep what the first attempt built and close the hole the reviewers found: a coupon may make an order free, but the shop never owes the customer money.",
  steps: [
    {
      id: "stop-at-zero",
      title: "Never let a coupon take an order below zero",
      intent:
        "A coupon worth more than the order must give a total of 0. Write the test first, see it fail, then mend total() in src/order.js.",
      files: ["src/order.js", "test/order.test.js"],
      dependsOn: [],
    },
    {
      id: "say-the-limit",
      title: "Say in the README that a total stops at zero",
      intent:
        "Add to the paragraph on coupons in README.md that a coupon never takes an order below zero.",
      files: ["README.md"],
      dependsOn: ["stop-at-zero"],
    },
  ],
  risks: [
    "What is left of a coupon after a small order is lost. Nothing in the goal says otherwise.",
  ],
  doneWhen: [
    "node --test passes, with a new test for a coupon worth more than the order",
    "No order has a total below zero",
  ],
} satisfies Plan;

/** The planner's part in the sample mission. */
export function planning(request: ScriptRequest): ScriptedTurn {
  // The word the reviewers' finding turns on; neither goal nor first plan has it.
  if (request.brief.includes("negative")) return play(revised, request);
  return request.part?.attempt === 1
    ? play(first, request)
    : play(unchanged, request);
}

const first = [
  say(
    "Before I promise anything, I want to see what is there.",
    { name: "list_files", input: { glob: "**/*" } },
    read("src/order.js"),
  ),
  say(
    "There it is: the coupon sits inside the loop. What do the tests expect, and what does the receipt print?",
    read("test/order.test.js"),
    read("src/receipt.js"),
  ),
  say(
    "Two small changes in different files, so two developers can work side by side. The README follows when both are done.",
    submit(FIRST_PLAN),
  ),
];

const revised = [
  say(
    "Two reviewers put their finger on the same line, and they are right. I read it once more.",
    read("src/order.js"),
  ),
  say(
    "The work so far stays. This time the edge case comes first, as a test.",
    submit(SECOND_PLAN),
  ),
];

const unchanged = [
  say(
    "A rehearsal cannot take up new wishes. I check whether the first plan still fits.",
    read("src/order.js"),
  ),
  (request: ScriptRequest): ScriptedTurn =>
    request.results.some(({ text }) => text.includes("Math.max"))
      ? refusal(
          "The sample's work is done, and a rehearsal has no further ideas. With a model of your own the team would go on from here.",
        )
      : say(
          "Nothing has changed since, so my plan is the same as before.",
          submit(FIRST_PLAN),
        ),
];

/** What the team proposes when it is asked the sample question. */
export const SAMPLE_ANSWER = {
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

/** The answer to the sample question, whoever is asked to write it. */
export const answering = [
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
