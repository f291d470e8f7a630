import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import type { Answer } from "../../src/protocol/work.ts";
import { approval, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse, ruleAs } from "./house.ts";

const failedGate = {
  id: "checks:npm test",
  tool: "checks",
  status: "FAIL" as const,
  required: true,
  summary: "npm test fails",
  findings: [],
  durationMs: 1,
};

test("uncommitted changes are reviewed without touching files, index or branch", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "one\nTWO\nthree\n");
  await house.write("new.txt", "new\n");
  // Asking for the status may refresh the index, so the index is read after it, and before it at the end.
  const status = house.git("status", "--porcelain");
  const index = readFileSync(join(house.repo, ".git/index"));
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
  });
  const read: string[] = [];
  const outcome = await house.drive(
    opening,
    scriptedTeam((work) => {
      if (work.kind === "ballot") read.push(work.artifact);
      return approval();
    }),
  );
  assert.equal(outcome.kind, "accepted");
  assert.match(read[0] ?? "", /\+TWO/);
  assert.match(read[0] ?? "", /\+new/);
  assert.deepEqual(readFileSync(join(house.repo, ".git/index")), index);
  assert.equal(house.git("status", "--porcelain"), status);
});

test("a required check that fails blocks before anyone votes", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "changed\n");
  house.evidence = [failedGate];
  const team = scriptedTeam(() => approval());
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
  });
  const outcome = await house.drive(opening, team);
  assert.equal(outcome.kind, "blocked");
  assert.deepEqual(team.asked, []);
});

test("without a model a review stands on evidence alone and says so", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "changed\n");
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
  });
  const alone = {
    ...opening,
    data: { ...opening.data, electorate: [] },
  };
  const outcome = await house.drive(
    alone,
    scriptedTeam(() => approval()),
  );
  assert.equal(outcome.kind, "accepted");
  assert.match(outcome.summary, /evidence alone/);
});

const abstention: Answer = {
  kind: "ballot",
  paper: {
    verdict: "abstain",
    confidence: 0,
    reason: "the script has no opinion",
    findings: [],
  },
};

test("when everybody abstains the evidence stands alone, which is no block, and it is said", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "changed\n");
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
    approve: "auto",
  });
  const outcome = await house.drive(
    opening,
    scriptedTeam(() => abstention),
  );
  assert.equal(outcome.kind, "accepted");
  assert.match(outcome.summary, /abstained \(the script has no opinion\)/);
  assert.match(outcome.summary, /evidence alone/);
});

test("a required check that could not run is never accepted on evidence alone", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "changed\n");
  house.evidence = [
    { ...failedGate, status: "NOT_RUN", summary: "not allowed" },
  ];
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
    approve: "auto",
  });
  const alone = { ...opening, data: { ...opening.data, electorate: [] } };
  const outcome = await house.drive(
    alone,
    scriptedTeam(() => abstention),
  );
  assert.equal(outcome.kind, "blocked");
  assert.match(outcome.summary, /could not run: not allowed/);
});

test("nothing to review is said, not accepted", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
  });
  await assert.rejects(
    house.drive(
      opening,
      scriptedTeam(() => approval()),
    ),
    (error) => isProblem(error, "bad-revision"),
  );
});

test("a question ends with the answer the team agrees on and the human records", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "question",
    goal: "Cents or euros?",
  });
  const end = house.drive(
    opening,
    scriptedTeam((work) =>
      work.kind === "resolve"
        ? {
            kind: "resolve",
            resolution: {
              answer: "Whole cents.",
              options: ["cents", "euros"],
              consequences: ["no rounding"],
            },
          }
        : approval(),
    ),
  );
  await ruleAs(house.log, opening.missionId, "question", "approve");
  assert.deepEqual(await end, { kind: "answered", summary: "Whole cents." });
});
