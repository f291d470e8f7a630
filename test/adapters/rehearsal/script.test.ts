import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readPart,
  readRequest,
} from "../../../src/adapters/rehearsal/request.ts";
import {
  SAMPLE_GOAL,
  SAMPLE_QUESTION,
} from "../../../src/adapters/rehearsal/sample.ts";
import { sampleScript } from "../../../src/adapters/rehearsal/script.ts";
import type { ScriptedTurn } from "../../../src/adapters/rehearsal/turn.ts";
import { sameClaim } from "../../../src/core/consensus/similarity.ts";
import { tally } from "../../../src/core/consensus/tally.ts";
import { DEFAULT_WEIGHT } from "../../../src/core/consensus/score.ts";
import type { Tally } from "../../../src/protocol/consensus.ts";
import { parseAnswer } from "../../../src/protocol/answerSchema.ts";

interface Asked {
  readonly goal: string;
  readonly role: string;
  readonly work: string;
  readonly subject?: string;
  readonly artifact?: string;
  readonly toolChoice?: string;
  readonly tools?: readonly string[];
}

function ask(asked: Asked): ScriptedTurn {
  const request = readRequest({
    model: "rehearsal-middle",
    tools: (asked.tools ?? []).map((name) => ({ name })),
    ...(asked.toolChoice !== undefined && {
      tool_choice: { type: "tool", name: asked.toolChoice },
    }),
    messages: [
      {
        role: "user",
        content: `## Goal\n${asked.goal}\n\n${asked.artifact ?? ""}\n\n## Your part\nrole: ${asked.role}\nwork: ${asked.work}\nattempt: 1\nround: 1\nsubject: ${asked.subject ?? "-"}\nstep: -\n\nBe yourself.`,
      },
    ],
  });
  assert.ok(request);
  return sampleScript(request);
}

function formOf(turn: ScriptedTurn): unknown {
  assert.equal(turn.kind, "speech");
  const call = turn.calls?.find(({ name }) => name === "submit");
  return call?.input;
}

function paperOf(asked: Asked) {
  const parsed = parseAnswer(
    "ballot",
    formOf(ask({ ...asked, toolChoice: "submit" })),
  );
  assert.ok(parsed.ok);
  return parsed.answer.paper;
}

/** How the team's votes on it come out under the default rules. */
function counted(subject: "plan" | "change", artifact: string): Tally {
  const author = subject === "plan" ? "planner" : "developer";
  const roles = ["planner", "architect", "security", "developer", "qa"].filter(
    (role) => role !== author,
  );
  return tally({
    round: 1,
    subject,
    evidence: [],
    rules: {
      threshold: 750,
      quorum: 600,
      maxRounds: 2,
      roundMs: 60_000,
      vetoRoles: ["security"],
      requiredRoles: [],
      prior: 500,
    },
    electorate: roles.map((role) => ({
      agentId: role,
      role,
      name: role,
      lineage: "rehearsal-middle",
      hub: "local",
      weight: DEFAULT_WEIGHT,
    })),
    ballots: roles.map((role) => ({
      agentId: role,
      round: 1,
      artifactHash: "h",
      lineage: "rehearsal-middle",
      ...paperOf({
        goal: SAMPLE_GOAL,
        role,
        work: "ballot",
        subject,
        artifact,
      }),
    })),
  });
}

test("the story holds under the real rules: outvoted on the plan, right about the change, at peace in the end but for one", () => {
  const plan = counted("plan", "take-off-once");
  assert.deepEqual(
    [plan.outcome, plan.approvals, plan.blocks],
    ["approved", 3, 1],
  );
  const change = counted("change", "+  return subtotal(order) - off;");
  assert.equal(change.outcome, "blocked");
  const [cluster] = change.clusters;
  assert.equal(cluster?.standing, "CORROBORATED");
  assert.deepEqual(cluster.raisedBy, ["qa", "security"]);
  assert.equal(counted("plan", "stop-at-zero").outcome, "approved");
  const mended = counted(
    "change",
    "+  return Math.max(0, subtotal(order) - off);",
  );
  assert.equal(mended.outcome, "approved");
  assert.deepEqual(
    mended.clusters.map(({ standing, raisedBy }) => [standing, raisedBy]),
    [["SINGLE", ["architect"]]],
  );
});

test("who is asked for what is read from the last such block, and from its first lines", () => {
  const text =
    "## Your part\nrole: quoted\nwork: plan\n\n## Your part\nrole: qa\nwork: ballot\nattempt: 2\nround: 1\nsubject: change\nstep: -\n\nrole: not this one";
  assert.deepEqual(readPart(text), {
    role: "qa",
    work: "ballot",
    attempt: 2,
    round: 1,
    subject: "change",
    step: "-",
  });
});

test("two reviewers word the same problem differently enough to be two people and alike enough to be one finding", () => {
  const [one, other] = ["security", "qa"].map(
    (role) =>
      paperOf({ goal: SAMPLE_GOAL, role, work: "ballot", subject: "change" })
        .findings[0],
  );
  assert.ok(one && other);
  assert.notEqual(one.claim, other.claim);
  assert.ok(sameClaim(one.claim, other.claim));
  assert.equal(one.path, other.path);
  assert.ok(Math.abs(one.line - other.line) <= 3);
});

test("the sample question gets an answer and a vote from every other seat", () => {
  const question = { goal: SAMPLE_QUESTION, subject: "question" };
  const answer = ask({
    ...question,
    role: "architect",
    work: "resolve",
    toolChoice: "submit",
  });
  assert.ok(parseAnswer("resolve", formOf(answer)).ok);
  for (const role of ["planner", "architect", "security", "developer", "qa"])
    assert.equal(
      paperOf({ ...question, role, work: "ballot" }).verdict,
      "approve",
    );
});

test("a change the script does not know gets abstentions that say why", () => {
  const paper = paperOf({
    goal: "Review the working copy",
    role: "security",
    work: "ballot",
    subject: "change",
  });
  assert.equal(paper.verdict, "abstain");
  assert.match(paper.reason, /no model has read this change/);
  assert.deepEqual(paper.findings, []);
});

test("a role the script does not know abstains in the sample too", () => {
  const paper = paperOf({
    goal: SAMPLE_GOAL,
    role: "poet",
    work: "ballot",
    subject: "plan",
  });
  assert.equal(paper.verdict, "abstain");
});

test("who is only talked to, with nothing to look at, answers in its role", () => {
  const asked = { role: "qa", work: "resolve", tools: ["submit"] };
  const turn = ask({
    ...asked,
    goal: '<data of="goal">\nWhat first?\n</data>',
  });
  assert.equal(turn.kind, "speech");
  const [call] = turn.calls ?? [];
  assert.match(JSON.stringify(call?.input), /“What first\?”: .*odd inputs/);
});

test("a goal of one's own is declined with a sentence on what to do", () => {
  for (const work of ["plan", "implement", "resolve"]) {
    const turn = ask({ goal: "Write a compiler", role: "planner", work });
    assert.equal(turn.kind, "speech");
    assert.equal(turn.stop, "refusal");
    assert.match(turn.text ?? "", /set an API key/);
  }
});
