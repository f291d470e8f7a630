import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import type { Answer, Plan, Work } from "../../src/protocol/work.ts";
import {
  approval,
  ballot,
  scriptedTeam,
  type Part,
} from "../fakes/scriptedTeam.ts";
import { openHouse, ruleAs } from "./house.ts";

const PLAN: Plan = {
  summary: "Write two files.",
  steps: [
    step("first", "Write the first file"),
    step("second", "Write the second file", ["first"]),
  ],
  risks: [],
  doneWhen: ["both files are there"],
};

function step(id: string, title: string, dependsOn: string[] = []) {
  return { id, title, intent: title, files: [`${id}.txt`], dependsOn };
}

function built(summary: string): Answer {
  return { kind: "implement", summary, commitType: "feat" };
}

async function write(work: Work, name: string, text: string): Promise<Answer> {
  await writeFile(join(work.root, name), text);
  return built(`Wrote ${name}.`);
}

/** A team that plans PLAN, writes a file per step and approves everything. */
const agreeable: Part = (work) => {
  switch (work.kind) {
    case "plan":
      return { kind: "plan", plan: PLAN };
    case "implement":
      return write(work, `${work.step.id}.txt`, `${work.step.id}\n`);
    case "ballot":
      return approval();
    case "verify":
    case "resolve":
      return { no: "task-failed" };
  }
};

const high = (line: number) => ({
  path: "first.txt",
  line,
  claim: "the first file lacks its second line entirely",
  severity: "high" as const,
});

test("a plan everyone approves is built step by step and merged once the human approved twice", async () => {
  await using house = await openHouse();
  const opening = await house.open({ kind: "build", goal: "Two files" });
  const before = house.git("status", "--porcelain", "--branch");
  const end = house.drive(opening, scriptedTeam(agreeable));
  await ruleAs(house.log, opening.missionId, "plan", "approve");
  await house.log.waitFor(
    opening.missionId,
    "RulingAsked",
    ({ data }) => data.subject === "change",
    AbortSignal.timeout(20_000),
  );
  assert.equal(house.git("status", "--porcelain", "--branch"), before);
  assert.equal(house.git("ls-files").trim(), "a.txt");
  await ruleAs(house.log, opening.missionId, "change", "approve");
  const outcome = await end;
  assert.equal(outcome.kind, "merged");
  assert.equal(await house.read("second.txt"), "second\n");
  assert.equal(house.git("status", "--porcelain"), "");
  assert.deepEqual(
    house.git("log", "--format=%s", "--first-parent").trim().split("\n"),
    ["merge: Two files", "chore: start"],
  );
  assert.equal(house.git("branch", "--list", "roundtable/*").trim(), "");
  assert.equal(house.git("worktree", "list").trim().split("\n").length, 1);
});

test("a change that two reviewers block starts attempt two with their findings on top of what was built", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "build",
    goal: "Two files",
    approve: "auto",
  });
  const learned: string[] = [];
  const team = scriptedTeam((work, agentId) => {
    if (work.kind === "plan" && work.attempt === 2)
      learned.push(...work.findings.map(({ claim }) => claim));
    if (work.kind === "implement" && work.attempt === 2)
      return write(work, "first.txt", "first\nsecond line\n");
    if (
      work.kind === "ballot" &&
      work.subject === "change" &&
      work.attempt === 1 &&
      (agentId === "security" || agentId === "qa")
    )
      return ballot({
        verdict: "block",
        confidence: 80,
        reason: "It is not done.",
        findings: [high(agentId === "qa" ? 1 : 2)],
      });
    return agreeable(work, agentId);
  });
  const outcome = await house.drive(opening, team);
  assert.equal(outcome.kind, "merged");
  assert.deepEqual(learned, [high(1).claim]);
  assert.equal(await house.read("first.txt"), "first\nsecond line\n");
});

test("one reviewer alone does not block, and the dissent is on record", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "build",
    goal: "Two files",
    approve: "auto",
  });
  const outcome = await house.drive(
    opening,
    scriptedTeam((work, agentId) =>
      work.kind === "ballot" &&
      work.subject === "change" &&
      agentId === "security"
        ? ballot({
            verdict: "block",
            confidence: 70,
            reason: "I do not like it.",
            findings: [high(1)],
          })
        : agreeable(work, agentId),
    ),
  );
  assert.equal(outcome.kind, "merged");
  const made = house.log
    .mission(opening.missionId)
    .findLast((event) => event.type === "DecisionMade");
  assert.deepEqual(
    made?.data.dissent.map(({ agentId, reason }) => [agentId, reason]),
    [["security", "I do not like it."]],
  );
});

test("a crash at the human gate resumes there and asks nobody again", async () => {
  await using house = await openHouse();
  const opening = await house.open({ kind: "build", goal: "Two files" });
  const team = scriptedTeam(agreeable);
  const crash = new AbortController();
  const first = house.drive(opening, team, crash.signal);
  await house.log.waitFor(
    opening.missionId,
    "RulingAsked",
    () => true,
    AbortSignal.timeout(20_000),
  );
  crash.abort(new Error("the window was reloaded"));
  await assert.rejects(first, /reloaded/);
  const asked = [...team.asked];

  const again = house.drive(opening, team);
  await ruleAs(house.log, opening.missionId, "plan", "approve");
  await ruleAs(house.log, opening.missionId, "change", "approve");
  assert.equal((await again).kind, "merged");
  assert.equal(new Set(team.asked).size, team.asked.length);
  assert.deepEqual(team.asked.slice(0, asked.length), asked);
});

test("a branch that moves after the approval voids it: the new merge is voted on and approved anew", async () => {
  await using house = await openHouse();
  const opening = await house.open({ kind: "build", goal: "Two files" });
  const team = scriptedTeam(agreeable);
  const end = house.drive(opening, team);
  await ruleAs(house.log, opening.missionId, "plan", "approve");
  await house.log.waitFor(
    opening.missionId,
    "RulingAsked",
    ({ data }) => data.subject === "change",
    AbortSignal.timeout(20_000),
  );
  await house.write("mine.txt", "mine\n");
  house.git("add", "mine.txt");
  house.git(
    "-c",
    "user.name=me",
    "-c",
    "user.email=me@localhost",
    "commit",
    "-qm",
    "my own work",
  );
  await ruleAs(house.log, opening.missionId, "change", "approve");
  await ruleAs(house.log, opening.missionId, "change", "approve");
  const outcome = await end;
  assert.equal(outcome.kind, "merged");
  assert.equal(await house.read("mine.txt"), "mine\n");
  assert.equal(await house.read("second.txt"), "second\n");
  const trees = house.log
    .mission(opening.missionId)
    .flatMap((event) =>
      event.type === "ChangeProposed" ? [event.data.change.tree] : [],
    );
  assert.equal(new Set(trees).size, 2);
  assert.equal(
    house.git("rev-parse", "HEAD^{tree}").trim(),
    trees.at(-1),
    "what was merged is what was approved last",
  );
  assert.equal(
    team.asked.filter((key) => key.startsWith("implement#")).length,
    2,
    "nothing is built twice",
  );
  assert.deepEqual(
    house.log
      .mission(opening.missionId)
      .flatMap((event) =>
        event.type === "RulingAsked" ? [event.data.subject] : [],
      ),
    ["plan", "change", "change"],
    "the plan that stands is not asked about again",
  );
});

test("steps that change the same lines: the later one is built again on top of the first", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "build",
    goal: "Both at once",
    approve: "auto",
  });
  const plan: Plan = {
    ...PLAN,
    steps: [step("left", "Change line two"), step("right", "Change it too")],
  };
  const outcome = await house.drive(
    opening,
    scriptedTeam((work, agentId) => {
      if (work.kind === "plan") return { kind: "plan", plan };
      if (work.kind === "implement")
        return write(
          work,
          "a.txt",
          work.key.endsWith("/again")
            ? "one\nleft and right\nthree\n"
            : `one\n${work.step.id}\nthree\n`,
        );
      return agreeable(work, agentId);
    }),
  );
  assert.equal(outcome.kind, "merged");
  assert.equal(await house.read("a.txt"), "one\nleft and right\nthree\n");
});

test("changes the human asks for become the next attempt's remarks", async () => {
  await using house = await openHouse();
  const opening = await house.open({ kind: "build", goal: "Two files" });
  const remarks: string[] = [];
  const end = house.drive(
    opening,
    scriptedTeam((work, agentId) => {
      if (work.kind === "plan") remarks.push(...work.remarks);
      return agreeable(work, agentId);
    }),
  );
  const { missionId } = opening;
  await ruleAs(house.log, missionId, "plan", "requestChanges", "name them b");
  await ruleAs(house.log, missionId, "plan", "reject", "never mind");
  const outcome = await end;
  assert.equal(outcome.kind, "rejected");
  assert.deepEqual(remarks, ["The owner asks for changes: name them b"]);
  assert.equal(house.git("branch", "--list", "roundtable/*").trim(), "");
});

test("a run that approves nothing rejects the plan and leaves nothing behind", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "build",
    goal: "Two files",
    approve: "deny",
  });
  const outcome = await house.drive(opening, scriptedTeam(agreeable));
  assert.equal(outcome.kind, "rejected");
  assert.match(outcome.summary, /approves nothing\. Nothing was merged\.$/);
  assert.equal(house.git("log", "--format=%s").trim(), "chore: start");
  assert.equal(house.git("worktree", "list").trim().split("\n").length, 1);
});

test("a key that stops working stalls the mission with what to do, and resuming goes on from there", async () => {
  await using house = await openHouse();
  const opening = await house.open({
    kind: "build",
    goal: "Two files",
    approve: "auto",
  });
  let keyWorks = false;
  const team = scriptedTeam((work, agentId) =>
    work.kind === "implement" && !keyWorks
      ? { no: "bad-key" }
      : agreeable(work, agentId),
  );
  await assert.rejects(house.drive(opening, team), (error) =>
    isProblem(error, "bad-key"),
  );
  const stalled = house.log
    .mission(opening.missionId)
    .findLast((event) => event.type === "MissionStalled");
  assert.match(stalled?.data.problem.next ?? "", /resume/);
  keyWorks = true;
  assert.equal((await house.drive(opening, team)).kind, "merged");
  assert.equal(team.asked.filter((key) => key.startsWith("plan#")).length, 1);
});

test("electors who never answer do not approve: the human is asked when the deadline has come", async () => {
  await using house = await openHouse();
  const opening = await house.open({ kind: "build", goal: "Two files" });
  const hurried = {
    ...opening,
    data: { ...opening.data, rules: { ...opening.data.rules, roundMs: 1000 } },
  };
  const end = house.drive(
    hurried,
    scriptedTeam((work, agentId) =>
      work.kind === "ballot"
        ? new Promise<Answer>(() => undefined)
        : agreeable(work, agentId),
    ),
  );
  const { missionId } = opening;
  await ruleAs(house.log, missionId, "plan", "reject");
  assert.equal((await end).kind, "rejected");
  const escalated = house.log
    .mission(missionId)
    .find((event) => event.type === "DecisionEscalated");
  assert.ok(escalated, "no decision was made by silence");
});

test("a plan that cannot be carried out is blocked by its shape before anybody votes", async () => {
  await using house = await openHouse();
  const opening = await house.open(
    { kind: "build", goal: "Two files", approve: "auto" },
    { maxAttempts: 1 },
  );
  const team = scriptedTeam((work, agentId) =>
    work.kind === "plan"
      ? {
          kind: "plan",
          plan: { ...PLAN, steps: [step("first", "Alone", ["nowhere"])] },
        }
      : agreeable(work, agentId),
  );
  const outcome = await house.drive(opening, team);
  assert.equal(outcome.kind, "blocked");
  assert.deepEqual(
    team.asked.filter((key) => key.startsWith("ballot")),
    [],
  );
});
