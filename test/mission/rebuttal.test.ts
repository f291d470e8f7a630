import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Work, WorkOf } from "../../src/protocol/work.ts";
import { ballot, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse } from "./house.ts";

const resolution = (answer: string): Answer => ({
  kind: "resolve",
  resolution: { answer, options: [], consequences: [] },
});

/** A question on which two approve and two block, whatever they read; `author` says what becomes of the author's chance to answer. */
async function split(
  author: (
    work: WorkOf<"resolve">,
  ) => Answer | { readonly no: string } | Promise<Answer>,
  roundMs?: number,
): Promise<{
  readonly asked: readonly WorkOf<"resolve">[];
  readonly ballots: readonly WorkOf<"ballot">[];
}> {
  await using house = await openHouse();
  const opening = await house.open(
    { kind: "question", goal: "Cents or euros?", approve: "auto" },
    { maxAttempts: 1, senior: false },
  );
  const { data } = opening;
  const rules = { ...data.rules, ...(roundMs !== undefined && { roundMs }) };
  const asked: WorkOf<"resolve">[] = [];
  const ballots: WorkOf<"ballot">[] = [];
  await house.drive(
    { ...opening, data: { ...data, rules } },
    scriptedTeam((work: Work, agentId) => {
      if (work.kind === "resolve") {
        if (work.against === undefined) return resolution("Cents.");
        asked.push(work);
        return author(work);
      }
      if (work.kind !== "ballot") return { no: "task-failed" };
      ballots.push(work);
      const approves = agentId === "planner" || agentId === "qa";
      return ballot({
        verdict: approves ? "approve" : "block",
        confidence: 70,
        reason: approves ? "Yes." : "Percentages are not settled.",
        findings: approves
          ? []
          : [
              {
                path: "a.txt",
                line: 1,
                claim: "There is no rule for rounding percentages.",
                severity: "medium",
              },
            ],
      });
    }),
  );
  return { asked, ballots };
}

test("an author answers what is said against the proposal once, and the others read it before they vote again", async () => {
  const { asked, ballots } = await split(() =>
    resolution("It is settled in a.txt:2."),
  );
  assert.equal(asked.length, 1);
  assert.deepEqual(asked[0]?.against?.claims, [
    {
      path: "a.txt",
      line: 1,
      claim: "There is no rule for rounding percentages.",
      severity: "medium",
    },
  ]);
  assert.match(asked[0].against.artifact, /Cents\./);
  assert.deepEqual(
    ballots.map(({ round, answer }) => [round, answer]),
    [
      ...Array.from({ length: 4 }, () => [1, undefined]),
      ...Array.from({ length: 4 }, () => [2, "It is settled in a.txt:2."]),
    ],
  );
});

test("an author who says nothing holds the rebuttal up for half of its time at most", async () => {
  const silent = await split(() => new Promise<Answer>(() => undefined), 1500);
  const failed = await split(() => ({ no: "model-malformed" }));
  for (const { ballots } of [silent, failed]) {
    assert.equal(ballots.filter(({ round }) => round === 2).length, 4);
    assert.ok(ballots.every(({ answer }) => answer === undefined));
  }
});
