import type { Plan } from "../../protocol/work.ts";

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
  because: [
    {
      section: "stop-at-zero",
      answers: 1,
      did: "New: a coupon worth more than the order makes it free and no more, with the test that was missing.",
    },
  ],
} satisfies Plan;
