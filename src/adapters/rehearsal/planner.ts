import { FIRST_PLAN, SECOND_PLAN } from "./plans.ts";
import { play, read, refusal, say, submit } from "./turn.ts";
import type { ScriptRequest, ScriptedTurn } from "./turn.ts";

/** The planner's part in the sample mission. */
export function planning(request: ScriptRequest): ScriptedTurn {
  const { brief, part } = request;
  // The plan of the last attempt was the second one: the script ends there.
  if (brief.includes("stop-at-zero")) return finished;
  // What both reviewers' findings say; neither goal nor first plan does.
  if (/total (?:is )?negative/.test(brief)) return play(revised, request);
  return play(part?.attempt === 1 ? first : unchanged, request);
}

const finished = refusal(
  "The sample's work is done, and a rehearsal has no further ideas. With a model of your own the team would go on from here.",
);

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
  say(
    "Nothing has changed since, so my plan is the same as before.",
    submit(FIRST_PLAN),
  ),
];
