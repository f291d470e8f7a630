import assert from "node:assert/strict";
import { test } from "node:test";
import { viewMission } from "../../../src/core/views/mission.ts";
import type {
  DataOf,
  EventType,
  Recorded,
  RecordedOf,
} from "../../../src/protocol/event.ts";

let seq = 0;

function event<T extends EventType>(
  type: T,
  data: DataOf<T>,
  by = "hub",
): Recorded {
  seq += 1;
  // The pair of type and data is checked by the parameters above.
  return {
    missionId: "m",
    type,
    data,
    by,
    v: 1,
    seq,
    at: 1000 + seq,
    epoch: 1,
    prevHash: "",
    hash: "",
  } as unknown as Recorded;
}

const rules: DataOf<"MissionOpened">["rules"] = {
  threshold: 750,
  quorum: 600,
  maxRounds: 2,
  roundMs: 60_000,
  vetoRoles: [],
  requiredRoles: [],
  prior: 500,
};

const electorate = ["qa", "security"].map((role) => ({
  agentId: role,
  role,
  name: role.toUpperCase(),
  lineage: "model-1",
  hub: "local",
  weight: 847,
}));

function opened(kind: "build" | "review" | "question" = "build") {
  const first = event("MissionOpened", {
    kind,
    goal: "Do it",
    repo: { root: "/r", branch: "main", commit: "c", tree: "t" },
    model: "played",
    electorate,
    rules,
    budget: { microUsd: 5_000_000, turnsPerTask: 50, taskMs: 60_000 },
    approve: "ask",
    checks: [],
    maxAttempts: 3,
  });
  return viewMission(first as RecordedOf<"MissionOpened">);
}

function work(key: string, agentId: string): Recorded {
  return event("TaskSubmitted", {
    taskId: key,
    contextId: "m",
    agentId,
    from: "hub",
    message: {
      messageId: key,
      role: "ROLE_USER",
      parts: [{ text: `Please: ${key}` }],
      metadata: { workKey: key, doing: "working on it" },
    },
  });
}

const plan: DataOf<"PlanProposed"> = {
  attempt: 1,
  hash: "h1",
  authorId: "planner",
  plan: {
    summary: "Two steps.",
    steps: [
      { id: "one", title: "One", intent: "Do one", files: [], dependsOn: [] },
    ],
    risks: [],
    doneWhen: [],
  },
};

const round: DataOf<"RoundOpened"> = {
  decisionId: "d",
  round: 1,
  subject: "plan",
  artifactHash: "h1",
  title: "Plan, version 1",
  authorIds: ["planner"],
  electorate,
  rules,
  seed: 1,
  deadline: 99_999,
};

function ballot(agentId: string): Recorded {
  return event("BallotCast", {
    decisionId: "d",
    ballot: {
      agentId,
      round: 1,
      artifactHash: "h1",
      verdict: "block",
      confidence: 80,
      reason: "a reason nobody may read yet",
      findings: [],
      lineage: "model-1",
    },
  });
}

const tally = event("RoundTallied", {
  decisionId: "d",
  tally: {
    round: 1,
    outcome: "split",
    approvals: 0,
    blocks: 1,
    abstentions: 0,
    absent: 1,
    score: 0,
    bar: 1099,
    clusters: [],
    because: "Nobody agrees.",
  },
});

const asks = event("RulingAsked", {
  decisionId: "d",
  subject: "plan",
  artifactHash: "h1",
  question: "Yours to decide.",
});

test("ballots stay sealed until their round is told, in the card and in the conversation", () => {
  const view = opened();
  for (const one of [
    event("PlanProposed", plan),
    event("RoundOpened", round),
    ballot("qa"),
  ])
    view.apply(one);
  const sealed = view.detail(100);
  assert.deepEqual(
    sealed.decisions[0]?.electors.map(({ shown }) => shown.state),
    ["sealed", "waiting"],
  );
  assert.doesNotMatch(JSON.stringify(sealed), /nobody may read/);
  view.apply(tally);
  const told = view.detail(100);
  assert.deepEqual(
    told.decisions[0]?.electors.map(({ shown }) => shown.state),
    ["open", "absent"],
  );
  assert.match(told.said.items.at(-1)?.text ?? "", /QA.*nobody may read/);
});

test("a mission waits exactly as long as the human's word is awaited", () => {
  const view = opened();
  view.apply(event("RoundOpened", round));
  assert.equal(view.line().status, "running");
  view.apply(asks);
  assert.equal(view.line().status, "waiting");
  assert.equal(view.line().stage, "planRuling");
  view.apply(
    event("HumanRuled", {
      decisionId: "d",
      artifactHash: "h1",
      verdict: "approve",
      reason: "",
      by: "human",
    }),
  );
  assert.equal(view.line().status, "running");
  assert.equal(view.line().stage, "build");
});

test("a problem stays in sight until the mission is resumed, whatever trickles in", () => {
  const view = opened();
  view.apply(
    event("MissionStalled", {
      problem: {
        code: "bad-key",
        message: "The key is wrong.",
        next: "Set it.",
      },
    }),
  );
  view.apply(
    event("TaskStatusChanged", {
      taskId: "t",
      status: { state: "TASK_STATE_CANCELED" },
    }),
  );
  assert.equal(view.line().status, "stalled");
  assert.equal(view.detail(0).problem?.code, "bad-key");
  view.apply(event("MissionResumed", {}));
  assert.equal(view.line().status, "running");
});

test("asking for the next plan takes the rail back to planning, at the next attempt", () => {
  const view = opened();
  view.apply(event("PlanProposed", plan));
  view.apply(event("RoundOpened", { ...round, subject: "change" }));
  assert.equal(view.line().stage, "changeVote");
  view.apply(work("plan#2", "planner"));
  const { attempt, stages } = view.detail(0);
  assert.equal(attempt, 2);
  assert.deepEqual(stages[0], { stage: "plan", state: "now" });
});

test("money is counted when a call is settled, and shown as reserved until then", () => {
  const view = opened();
  view.apply(
    event("CallReserved", {
      callId: "1",
      taskId: "t",
      agentId: "qa",
      model: "m",
      microUsd: 900,
    }),
  );
  assert.equal(view.detail(0).spent.reservedMicroUsd, 900);
  view.apply(
    event("CallSettled", {
      callId: "1",
      microUsd: 300,
      model: "m",
      stopReason: "end",
      usage: {
        inputTokens: 10,
        outputTokens: 5,
        cacheReadTokens: 90,
        cacheWriteTokens: 20,
      },
    }),
  );
  const { spent, agents } = view.detail(0);
  assert.deepEqual(
    [spent.microUsd, spent.reservedMicroUsd, spent.inputTokens],
    [300, 0, 30],
  );
  assert.equal(agents.find(({ agentId }) => agentId === "qa")?.microUsd, 300);
});

test("an agent is at work from its task to the task's end", () => {
  const view = opened();
  const qa = () =>
    view.detail(0).agents.find(({ agentId }) => agentId === "qa");
  view.apply(work("ballot/1", "qa"));
  assert.deepEqual([qa()?.state, qa()?.doing], ["working", "working on it"]);
  view.apply(
    event("TaskStatusChanged", {
      taskId: "ballot/1",
      status: { state: "TASK_STATE_COMPLETED" },
    }),
  );
  assert.equal(qa()?.state, "idle");
});

test("the conversation is windowed, and older lines are the ones before", () => {
  const view = opened();
  for (let index = 0; index < 30; index += 1)
    view.apply(work(`ballot/${String(index)}`, "qa"));
  const { said } = view.detail(10);
  assert.equal(said.total, 31);
  assert.equal(said.items.length, 10);
  assert.deepEqual(view.detail(0).said.items, []);
  const older = view.older(said.items[0]?.seq ?? 0, 5);
  assert.equal(older.length, 5);
  assert.ok((older.at(-1)?.seq ?? 0) < (said.items[0]?.seq ?? 0));
});

test("a closed mission shows its outcome and asks for nothing any more", () => {
  const view = opened();
  view.apply(
    event("PermissionAsked", {
      permissionId: "p",
      agentId: "qa",
      what: "command",
      subject: "[]",
      why: "to see",
    }),
  );
  assert.equal(view.line().status, "waiting");
  view.apply(
    event("MissionClosed", { outcome: { kind: "merged", summary: "Merged." } }),
  );
  const closed = view.detail(0);
  assert.equal(closed.status, "closed");
  assert.deepEqual(closed.permissions, []);
  assert.ok(closed.stages.every(({ state }) => state === "done"));
});
