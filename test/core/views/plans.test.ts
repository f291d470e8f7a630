import assert from "node:assert/strict";
import { test } from "node:test";
import {
  planVersionsMarkdown,
  viewPlans,
} from "../../../src/core/views/plans.ts";
import type { Ballot, Finding } from "../../../src/protocol/consensus.ts";
import type {
  DataOf,
  EventType,
  Recorded,
} from "../../../src/protocol/event.ts";
import type { Plan } from "../../../src/protocol/work.ts";
import { ballot, elector, RULES } from "../consensus/table.ts";

const FIRST: Plan = {
  summary: "Limit logins.",
  steps: [
    step("limit", "Count attempts in memory"),
    step("docs", "Describe the limit"),
  ],
  risks: ["Counting costs time."],
  doneWhen: ["Ten attempts are refused"],
};

const CLAIM = "Attempts counted in memory are lost with a restart.";

const SECOND: Plan = {
  ...FIRST,
  steps: [
    {
      ...step("limit", "Count attempts in the database"),
      dependsOn: ["table"],
    },
    step("table", "Make a table for attempts"),
  ],
  because: [
    { section: "table", answers: 1, did: "Added it, so that counts last." },
    { section: "limit", answers: 2, did: "Counts there." },
    { section: "limit", answers: 9, did: "Answers what nobody asked." },
    { section: "nowhere", answers: 1, did: "A section that is not there." },
  ],
};

function step(id: string, intent: string): Plan["steps"][number] {
  return { id, title: id, intent, files: [`src/${id}.ts`], dependsOn: [] };
}

const flaw: Finding = {
  path: "src/limit.ts",
  line: 0,
  claim: CLAIM,
  severity: "high",
};

/** A log of these facts; where they stand in it does not matter here. */
function events(): {
  add<T extends EventType>(type: T, data: DataOf<T>): Recorded;
} {
  let seq = 0;
  return {
    add: (type, data) =>
      ({
        ...{ missionId: "m", type, data, by: "hub", v: 1, seq: (seq += 1) },
        ...{ at: seq, epoch: 1, prevHash: "", hash: "" },
      }) as unknown as Recorded,
  };
}

test("each version of a plan says what changed, because of whom, and what was said against which part", () => {
  const log = events();
  const view = viewPlans((id) => id.toUpperCase());
  const round = (hash: string, decisionId: string): DataOf<"RoundOpened"> => ({
    ...{ decisionId, round: 1, subject: "plan", artifactHash: hash },
    ...{ title: "Plan", authorIds: ["planner"], rules: RULES, seed: 1 },
    electorate: [elector("qa"), elector("security")],
    deadline: 1,
  });
  const cast = (agentId: string, findings: Finding[]): Ballot =>
    ballot(agentId, { verdict: "block", findings });
  view.apply(
    log.add("PlanProposed", {
      ...{ attempt: 1, plan: FIRST, hash: "one", authorId: "planner" },
    }),
  );
  view.apply(log.add("RoundOpened", round("one", "d1")));
  view.apply(
    log.add("BallotCast", { decisionId: "d1", ballot: cast("qa", [flaw]) }),
  );
  assert.deepEqual(view.list()[0]?.critique, [], "ballots are sealed so far");
  view.apply(
    log.add("RoundTallied", {
      decisionId: "d1",
      tally: {
        ...{ round: 1, outcome: "blocked", approvals: 0, blocks: 1 },
        ...{ abstentions: 0, absent: 1, score: 0, bar: 0, because: "" },
        clusters: [
          {
            id: "c1",
            representative: flaw,
            standing: "SINGLE",
            raisedBy: ["qa", "tool:planShape"],
            support: 2,
          },
        ],
      },
    }),
  );
  view.apply(
    log.add("HumanRuled", {
      ...{ decisionId: "d1", artifactHash: "one", verdict: "requestChanges" },
      ...{ reason: "Use the database", by: "human" },
    }),
  );
  const second = {
    attempt: 2,
    plan: SECOND,
    hash: "two",
    authorId: "planner",
    asked: {
      findings: [flaw],
      remarks: ["The owner asks for changes: Use the database"],
    },
  };
  view.apply(log.add("PlanProposed", second));
  // The branch moved: the same plan is proposed again, and is no new version.
  view.apply(log.add("PlanProposed", { ...second, attempt: 3 }));

  const [one, two, ...more] = view.list();
  assert.deepEqual(more, []);
  assert.deepEqual(one?.critique, [
    { section: "limit", by: "QA", claim: CLAIM, severity: "high" },
  ]);
  assert.equal(one.outcome, "you asked for changes: Use the database");
  assert.deepEqual(
    two?.changes.map(({ section, what, field }) => [section, what, field]),
    [
      ["limit", "changed", "intent"],
      ["limit", "changed", "dependsOn"],
      ["table", "added", null],
      ["docs", "removed", null],
    ],
  );
  assert.deepEqual(
    two.because.map(({ section, by }) => [section, by]),
    [
      ["table", ["QA", "planShape"]],
      ["limit", ["you"]],
    ],
    "reasons that name no claim or no section are left out",
  );
  const text = planVersionsMarkdown(view.list());
  assert.match(text, /## Version 2 · what changed/);
  assert.match(text, /\*\*docs\*\* is gone/);
  assert.match(
    text,
    /\*\*table\*\*: Added it, so that counts last\. \(QA, planShape: “Attempts/,
  );
});
