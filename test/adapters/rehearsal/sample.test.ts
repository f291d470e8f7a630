import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { openClaude } from "../../../src/adapters/claude/openClaude.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import {
  FIRST_PLAN,
  SECOND_PLAN,
} from "../../../src/adapters/rehearsal/plans.ts";
import {
  SAMPLE_FILES,
  SAMPLE_GOAL,
} from "../../../src/adapters/rehearsal/sample.ts";
import { startRehearsal } from "../../../src/adapters/rehearsal/startRehearsal.ts";
import type { Rehearsal } from "../../../src/adapters/rehearsal/startRehearsal.ts";
import { planFaults, waves } from "../../../src/core/plan.ts";
import type { Models } from "../../../src/ports.ts";
import type { Finding } from "../../../src/protocol/consensus.ts";
import { parseAnswer } from "../../../src/protocol/answerSchema.ts";
import type { Plan, Work, WorkOf } from "../../../src/protocol/work.ts";
import { folderWith, playWork, runTests } from "./play.ts";
import type { Played } from "./play.ts";

let rehearsal: Rehearsal;
let models: Models;

before(async () => {
  rehearsal = await startRehearsal();
  models = openClaude({ ...rehearsal, clock: systemClock });
});
after(() => rehearsal.dispose());

function build(dir: string, plan: Plan, id: string, attempt: number): Work {
  const step = plan.steps.find((candidate) => candidate.id === id);
  assert.ok(step);
  return {
    kind: "implement",
    missionId: "m",
    key: id,
    goal: SAMPLE_GOAL,
    attempt,
    root: dir,
    writable: true,
    plan,
    step,
    findings: [],
    remarks: [],
    checks: [["npm", "test"]],
  };
}

function judge(
  subject: "plan" | "change",
  artifact: string,
  attempt: number,
  dir: string,
  round = 1,
): Work {
  return {
    kind: "ballot",
    missionId: "m",
    key: `${subject}-${String(attempt)}`,
    goal: SAMPLE_GOAL,
    attempt,
    root: dir,
    writable: false,
    decisionId: "d",
    round,
    subject,
    artifactHash: "h",
    artifact,
    evidence: [],
    contested: [],
  };
}

function planWork(
  dir: string,
  attempt: number,
  findings: Finding[],
): WorkOf<"plan"> {
  return {
    kind: "plan",
    missionId: "m",
    key: `plan-${String(attempt)}`,
    goal: SAMPLE_GOAL,
    attempt,
    root: dir,
    writable: false,
    findings,
    remarks: [],
  };
}

async function buildAll(dir: string, plan: Plan, attempt: number) {
  const done: Played[] = [];
  for (const step of waves(plan).flat())
    done.push(
      await playWork(models, "developer", build(dir, plan, step.id, attempt)),
    );
  return done;
}

function paperOf(played: Played) {
  const parsed = parseAnswer("ballot", played.form);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.answer.paper;
}

/** Votes of the roles in order. */
async function votes(roles: readonly string[], work: Work) {
  const papers = [];
  for (const role of roles)
    papers.push(paperOf(await playWork(models, role, work)));
  return papers;
}

const PLAN_ELECTORS = ["architect", "security", "developer", "qa"];
const CHANGE_ELECTORS = ["planner", "architect", "security", "qa"];

test("the sample's tests fail before anyone has worked on it, and for the reason the goal names", async (t) => {
  const { dir, remove } = await folderWith(SAMPLE_FILES);
  t.after(remove);
  const { ok, text } = await runTests(dir);
  assert.equal(ok, false);
  assert.match(text, /a coupon is taken off the order once/);
  assert.match(text, /fail 1\b/);
});

test("both plans can be carried out, side by side where steps do not depend on each other", () => {
  for (const plan of [FIRST_PLAN, SECOND_PLAN])
    assert.deepEqual(planFaults(plan), []);
  const [first, second] = waves(FIRST_PLAN);
  assert.equal(first?.length, 2);
  assert.equal(second?.length, 1);
  const [one, other] = first;
  assert.deepEqual(
    one?.files.filter((file) => other?.files.includes(file)),
    [],
  );
});

test("the planner reads the repository before it hands in a plan", async (t) => {
  const { dir, remove } = await folderWith(SAMPLE_FILES);
  t.after(remove);
  const played = await playWork(models, "planner", planWork(dir, 1, []));
  assert.deepEqual(played.form, FIRST_PLAN);
  assert.ok(parseAnswer("plan", played.form).ok);
  assert.ok(played.calls.some(({ name }) => name === "read_file"));
  assert.ok(played.said.length > 40);
});

test("wishes beyond the script are not made up: the same plan once more, and after the second plan an end", async (t) => {
  const { dir, remove } = await folderWith(SAMPLE_FILES);
  t.after(remove);
  const work = planWork(dir, 2, []);
  assert.deepEqual((await playWork(models, "planner", work)).form, FIRST_PLAN);
  const late = { ...planWork(dir, 3, []), previous: SECOND_PLAN };
  const played = await playWork(models, "planner", late);
  assert.equal(played.form, undefined);
  assert.equal(played.stop, "refusal");
  assert.match(played.said, /no further ideas/);
});

test("the first plan gets three approvals and one block without evidence", async (t) => {
  const { dir, remove } = await folderWith(SAMPLE_FILES);
  t.after(remove);
  for (const round of [1, 2]) {
    const papers = await votes(
      PLAN_ELECTORS,
      judge("plan", JSON.stringify(FIRST_PLAN), 1, dir, round),
    );
    assert.deepEqual(
      papers.map(({ verdict }) => verdict),
      ["approve", "block", "approve", "approve"],
    );
    const [objection] = papers[1]?.findings ?? [];
    assert.equal(objection?.path, FIRST_PLAN.steps.at(0)?.id);
    assert.equal(objection?.evidenceRef, undefined);
  }
});

test("two attempts carried out file by file end with green tests, and the first one with a hole in them", async (t) => {
  const { dir, remove } = await folderWith(SAMPLE_FILES);
  t.after(remove);
  const total = async (attempt: number): Promise<number> => {
    const url = `${pathToFileURL(join(dir, "src/order.js")).href}?attempt=${String(attempt)}`;
    const module = (await import(url)) as {
      total: (order: unknown) => number;
    };
    return module.total({
      lines: [{ price: 300, quantity: 1 }],
      coupon: { amount: 500 },
    });
  };

  for (const played of await buildAll(dir, FIRST_PLAN, 1))
    assert.ok(parseAnswer("implement", played.form).ok);
  assert.equal((await runTests(dir)).ok, true);
  assert.equal(await total(1), -200);

  const line = (await readFile(join(dir, "src/order.js"), "utf8")).split("\n");
  const receipt = (await readFile(join(dir, "src/receipt.js"), "utf8")).split(
    "\n",
  );
  const papers = await votes(
    CHANGE_ELECTORS,
    judge("change", "the first diff", 1, dir),
  );
  assert.deepEqual(
    papers.map(({ verdict }) => verdict),
    ["approve", "approve", "block", "block"],
  );
  const findings = papers.flatMap((paper) => paper.findings);
  assert.equal(findings.length, 2);
  for (const finding of findings) {
    assert.equal(finding.path, "src/order.js");
    assert.equal(finding.severity, "high");
    assert.match(line[finding.line - 1] ?? "", /subtotal\(order\) - off/);
  }

  const replanned = await playWork(
    models,
    "planner",
    planWork(dir, 2, findings),
  );
  assert.deepEqual(replanned.form, SECOND_PLAN);
  const again = await votes(
    PLAN_ELECTORS,
    judge("plan", JSON.stringify(SECOND_PLAN), 2, dir),
  );
  assert.ok(again.every(({ verdict }) => verdict === "approve"));

  const mending = await buildAll(dir, SECOND_PLAN, 2);
  assert.ok(
    mending[0]?.calls.some(({ name, ok }) => name === "run_check" && !ok),
    "the new test is seen to fail before the fix",
  );
  assert.equal((await runTests(dir)).ok, true);
  assert.equal(await total(2), 0);

  const final = await votes(
    CHANGE_ELECTORS,
    judge("change", `+  return Math.max(0, subtotal(order) - off);`, 2, dir),
  );
  assert.equal(final.filter(({ verdict }) => verdict === "approve").length, 3);
  const [dissent] = final.flatMap((paper) => paper.findings);
  assert.equal(dissent?.severity, "medium");
  assert.match(receipt[dissent.line - 1] ?? "", /coupon\.amount/);
});

test("each step of the first plan works in a worktree of its own", async (t) => {
  for (const { id } of FIRST_PLAN.steps.slice(0, 2)) {
    const { dir, remove } = await folderWith(SAMPLE_FILES);
    t.after(remove);
    const played = await playWork(
      models,
      "developer",
      build(dir, FIRST_PLAN, id, 1),
    );
    assert.ok(parseAnswer("implement", played.form).ok, id);
    const again = await folderWith(SAMPLE_FILES);
    t.after(again.remove);
    assert.deepEqual(
      await playWork(
        models,
        "developer",
        build(again.dir, FIRST_PLAN, id, 1),
      ).then(({ said, form }) => ({ said, form })),
      { said: played.said, form: played.form },
      "the same work from the start gives the same result",
    );
  }
});

test("a developer who finds another file than expected stops instead of handing in", async (t) => {
  const { dir, remove } = await folderWith({
    ...SAMPLE_FILES,
    "src/order.js": "export function total() { return 0; }\n",
  });
  t.after(remove);
  const played = await playWork(
    models,
    "developer",
    build(dir, FIRST_PLAN, "take-off-once", 1),
  );
  assert.equal(played.form, undefined);
  assert.equal(played.stop, "end");
});
