import { afterRun, done, edit, handIn, runTests } from "./developerMoves.ts";
import { play, read, refusal, say } from "./turn.ts";
import type { Scene, ScriptRequest, ScriptedTurn } from "./turn.ts";

/** The developer's part in the sample mission: one scene per plan step. */
export function building(request: ScriptRequest): ScriptedTurn {
  const scene = scenes[request.part?.step ?? ""];
  if (scene === undefined)
    return refusal("The rehearsal knows only the steps of its sample mission.");
  if (
    request.results.some(({ tool, isError }) => tool === "edit_file" && isError)
  )
    return say(
      "The file is not what I expected, so my edit did not apply. I stop here rather than guess.",
    );
  return play(scene, request);
}

const scenes: Readonly<Record<string, Scene>> = {
  // Work that a teammate's hub asked for, on any repository.
  task: [
    say("I look at what I was given.", {
      name: "list_files",
      input: { glob: "**/*" },
    }),
    say(
      "A rehearsal cannot know what you want done, so I leave a note where the work would be.",
      {
        name: "write_file",
        input: {
          path: "docs/from-a-teammate.md",
          content:
            "# From a teammate's hub\n\nThe rehearsal worked here on a copy of this repository, in a clone of its own.\n",
        },
      },
    ),
    say(
      "Done.",
      done("Leave a note, as a rehearsal of work for a teammate.", "docs"),
    ),
  ],
  "take-off-once": [
    say(
      "I read the function and its test first.",
      read("src/order.js"),
      read("test/order.test.js"),
    ),
    runTests("Before I touch anything, I want to see the test fail."),
    afterRun(
      "It fails as reported. subtotal() already adds up the lines, so the coupon comes off that, once.",
      "The code is clear enough: subtotal() adds up the lines, so the coupon comes off that, once.",
      edit(
        "src/order.js",
        `  return order.lines.reduce(
    (sum, line) => sum + line.price * line.quantity - off,
    0,
  );
`,
        `  return subtotal(order) - off;
`,
      ),
    ),
    runTests("Shorter than before. The same tests again."),
    handIn(
      "The total is right now; what still fails lies outside this step.",
      done(
        "Take the coupon off the subtotal once instead of off every line.",
        "fix",
      ),
    ),
  ],
  "show-on-receipt": [
    say(
      "The receipt is my part. How does it look today?",
      read("src/receipt.js"),
      read("test/receipt.test.js"),
    ),
    say(
      "One more line above the total, only where there is a coupon, and a test that spells it out.",
      edit(
        "src/receipt.js",
        `  return [...lines, \`Total  \${money(total(order))}\`];
`,
        `  const coupon = order.coupon
    ? [\`Coupon \${order.coupon.code}  -\${money(order.coupon.amount)}\`]
    : [];
  return [...lines, ...coupon, \`Total  \${money(total(order))}\`];
`,
      ),
      edit(
        "test/receipt.test.js",
        `  assert.deepEqual(receipt({ lines }), ["2 x Assam  17.00", "Total  17.00"]);
});
`,
        `  assert.deepEqual(receipt({ lines }), ["2 x Assam  17.00", "Total  17.00"]);
});

test("a receipt shows the coupon above the total", () => {
  const lines = [{ name: "Assam", price: 850, quantity: 1 }];
  const coupon = { code: "SPRING", amount: 500 };
  assert.deepEqual(receipt({ lines, coupon }), [
    "1 x Assam  8.50",
    "Coupon SPRING  -5.00",
    "Total  3.50",
  ]);
});
`,
      ),
    ),
    runTests("Let us see."),
    handIn(
      "The receipt's tests pass. What still fails is the sum itself, and that is being mended in the other worktree.",
      done(
        "Print the coupon's code and amount above the total of a receipt.",
        "feat",
      ),
    ),
  ],
  "say-so": [
    say("Both changes are in. Now the README.", read("README.md")),
    say(
      "Two sentences where orders are explained.",
      edit(
        "README.md",
        `one coupon with a code and an amount.
`,
        `one coupon with a code and an amount. The coupon is taken off the order once;
the receipt shows it above the total.
`,
      ),
    ),
    runTests(
      "Both changes together for the first time, so the tests run again.",
    ),
    handIn(
      "Something still fails with both changes together. The review needs to see that.",
      done(
        "Say in the README how a coupon counts and where it is shown.",
        "docs",
      ),
    ),
  ],
  "stop-at-zero": [
    say(
      "The reviewers are right: nothing stops at zero. Where do I put the test?",
      read("src/order.js"),
      read("test/order.test.js"),
    ),
    say(
      "The test first: a 5.00 coupon on a 3.00 order.",
      edit(
        "test/order.test.js",
        `  assert.equal(total({ ...order, coupon }), 2400);
});
`,
        `  assert.equal(total({ ...order, coupon }), 2400);
});

test("a coupon worth more than the order makes it free", () => {
  const lines = [{ name: "Sample tin", price: 300, quantity: 1 }];
  const coupon = { code: "SPRING", amount: 500 };
  assert.equal(total({ lines, coupon }), 0);
});
`,
      ),
    ),
    runTests("It has to fail now, or it proves nothing."),
    afterRun(
      "It fails: the shop would pay out 2.00. The total has to stop at zero.",
      "Now the total has to stop at zero.",
      edit(
        "src/order.js",
        `  return subtotal(order) - off;
`,
        `  return Math.max(0, subtotal(order) - off);
`,
      ),
    ),
    runTests("And again."),
    handIn(
      "The new test is in, but something fails. The review needs to see that.",
      done(
        "Stop the total at zero when a coupon is worth more than the order, with a test.",
        "fix",
      ),
    ),
  ],
  "say-the-limit": [
    say("The code holds. What does the README say so far?", read("README.md")),
    say(
      "Half a sentence is enough.",
      edit(
        "README.md",
        `The coupon is taken off the order once;
the receipt shows it above the total.
`,
        `The coupon is taken off the order once
and never takes it below zero; the receipt shows it above the total.
`,
      ),
    ),
    runTests("One last run over everything."),
    handIn(
      "Something fails that passed before. The review needs to see that.",
      done(
        "Say in the README that a coupon never takes an order below zero.",
        "docs",
      ),
    ),
  ],
};
