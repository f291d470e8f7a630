import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { foldTrace } from "../../../src/core/views/trace.ts";
import { traceTree } from "../../../src/core/views/trace/tree.ts";
import { traceOf } from "../../../src/core/views/trace/window.ts";
import type {
  DataOf,
  EventType,
  Recorded,
} from "../../../src/protocol/event.ts";
import { Span } from "../../../src/protocol/trace.ts";
import { WORK_MEDIA_TYPE } from "../../../src/protocol/work.ts";

const sha256 = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

const SECRET = "words that must not leave";
let at = 1_000_000;

function event<T extends EventType>(
  type: T,
  data: DataOf<T> | object,
  by = "hub",
): Recorded {
  at += 10;
  const place = { v: 1, seq: at, at, epoch: 1, prevHash: "", hash: "" };
  return { missionId: "m", type, data, by, ...place } as unknown as Recorded;
}

const submitted = (
  taskId: string,
  agentId: string,
  more: object = {},
): Recorded =>
  event("TaskSubmitted", {
    taskId,
    contextId: "m",
    agentId,
    from: "hub",
    message: {
      messageId: `message of ${taskId}`,
      role: "ROLE_USER",
      parts: [{ text: SECRET }],
      ...more,
    },
  });
const ended = (taskId: string, state = "TASK_STATE_COMPLETED"): Recorded =>
  event("TaskStatusChanged", {
    taskId,
    status: { state, message: { parts: [{ text: SECRET }] } },
  });
const usage = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 50,
  cacheWriteTokens: 10,
};
const call = (callId: string, taskId: string): readonly Recorded[] => [
  event("CallReserved", {
    callId,
    taskId,
    agentId: "qa",
    model: "model-1",
    microUsd: 900,
  }),
  event("CallSettled", {
    callId,
    microUsd: 500,
    usage,
    stopReason: "end",
    model: "model-1",
  }),
];
const tool = (callId: string, taskId: string): readonly Recorded[] => [
  event("ToolCalled", {
    callId,
    taskId,
    agentId: "qa",
    tool: "read_file",
    summary: `reads ${SECRET}`,
    inputHash: "h",
    ruling: "allow",
    rule: "r",
  }),
  event("ToolReturned", {
    callId,
    ok: true,
    summary: SECRET,
    outputHash: "h",
    durationMs: 7,
  }),
];

const opened = (): Recorded =>
  event("MissionOpened", { kind: "build", goal: SECRET, model: "claude" });
const closed = (kind = "merged"): Recorded =>
  event("MissionClosed", { outcome: { kind, summary: SECRET } });

function folded(events: readonly Recorded[]): readonly Span[] {
  const fold = foldTrace("m", sha256, true);
  for (const one of events) fold.apply(one);
  return fold.spans();
}

const byKind = (spans: readonly Span[], kind: Span["kind"]): Span => {
  const found = spans.find((span) => span.kind === kind);
  assert.ok(found, kind);
  return found;
};

function wholeMission(): readonly Recorded[] {
  const vote = { decisionId: "d", subject: "plan" };
  return [
    opened(),
    submitted("t1", "planner"),
    ...call("c1", "t1"),
    ...tool("c2", "t1"),
    ended("t1"),
    event("RoundOpened", { ...vote, round: 1, title: SECRET }),
    submitted("t2", "qa", {
      parts: [
        {
          data: { kind: "ballot", decisionId: "d", goal: SECRET },
          mediaType: WORK_MEDIA_TYPE,
        },
      ],
    }),
    ended("t2"),
    event("BallotCast", {
      decisionId: "d",
      ballot: { agentId: "qa", round: 1, verdict: "approve", reason: SECRET },
    }),
    event("DecisionMade", { ...vote, outcome: "approved", because: SECRET }),
    event("RulingAsked", { ...vote, question: SECRET }),
    event("HumanRuled", {
      decisionId: "d",
      verdict: "approve",
      reason: SECRET,
      by: "human",
    }),
    closed(),
  ];
}

test("a mission is one tree: tasks, votes and rulings below it, calls and ballots below those", () => {
  const spans = folded(wholeMission());
  const rows = traceTree(spans).map(
    ({ span, depth }) => `${"  ".repeat(depth)}${span.kind} ${span.name}`,
  );
  assert.deepEqual(rows, [
    "mission mission build",
    "  task chat",
    "    model model-1",
    "    tool read_file",
    "  vote vote plan",
    "    task ballot",
    "    ballot approve",
    "  ruling ruling plan",
  ]);
  for (const span of spans) {
    Span.parse(span);
    assert.notEqual(span.endMs, null);
  }
  assert.equal(byKind(spans, "mission").ok, true);
});

test("no span holds anybody's words", () => {
  assert.ok(!JSON.stringify(folded(wholeMission())).includes(SECRET));
});

test("ids are worked out from the log: folding twice gives the same path, another mission another trace", () => {
  const events = wholeMission();
  assert.deepEqual(folded(events), folded(events));
  const other = foldTrace("other", sha256, true);
  assert.notEqual(other.traceId, foldTrace("m", sha256, true).traceId);
  assert.match(other.traceId, /^[0-9a-f]{32}$/);
});

test("a task carries what its calls took and cost", () => {
  const spans = folded([
    opened(),
    submitted("t", "qa"),
    ...call("c1", "t"),
    ...call("c2", "t"),
    ...tool("c3", "t"),
    ended("t", "TASK_STATE_FAILED"),
    closed("stopped"),
  ]);
  const { attributes, ok } = byKind(spans, "task");
  assert.equal(ok, false);
  assert.deepEqual(
    [attributes["calls"], attributes["modelMs"], attributes["microUsd"]],
    [2, 20, 1000],
  );
  assert.deepEqual([attributes["tools"], attributes["toolMs"]], [1, 7]);
  const mission = byKind(spans, "mission");
  assert.equal(mission.attributes["microUsd"], 1000);
  assert.equal(mission.ok, false);
  assert.equal(byKind(spans, "model").attributes["inputTokens"], 110);
});

test("a sender's trace context goes on in the task and in all that is done for it", () => {
  const traceId = "a".repeat(32);
  const parentId = "b".repeat(16);
  const metadata = { traceparent: `00-${traceId}-${parentId}-01` };
  const spans = folded([
    submitted("t", "qa", { metadata }),
    ...call("c", "t"),
    ended("t"),
    submitted("bad", "qa", { metadata: { traceparent: "00-zz" } }),
  ]);
  const [task, model, bad] = spans;
  assert.deepEqual([task?.traceId, task?.parentId], [traceId, parentId]);
  assert.deepEqual([model?.traceId, model?.parentId], [traceId, task?.spanId]);
  assert.notEqual(bad?.traceId, traceId);
});

test("a task that names an earlier one hangs below it", () => {
  const [first, second] = folded([
    submitted("first", "qa"),
    submitted("second", "architect", { referenceTaskIds: ["first"] }),
  ]);
  assert.equal(second?.parentId, first?.spanId);
});

test("a tool the gate denied is a span that failed at once; what lasts has no end", () => {
  const spans = folded([
    submitted("t", "qa"),
    event("ToolCalled", {
      callId: "c",
      taskId: "t",
      agentId: "qa",
      tool: "run",
      ruling: "deny",
    }),
  ]);
  assert.equal(byKind(spans, "tool").ok, false);
  assert.equal(byKind(spans, "task").endMs, null);
});

test("without keeping, only what ends is handed out, once, and nothing of it stays", () => {
  const fold = foldTrace("m", sha256, false);
  const out = wholeMission().flatMap((one) => fold.apply(one));
  assert.deepEqual(fold.spans(), []);
  assert.equal(new Set(out.map(({ spanId }) => spanId)).size, out.length);
  assert.equal(out.length, 8);
});

test("an id of a task or message gives what led to it and what came of it, and nothing else", () => {
  const spans = folded(wholeMission());
  const path = { missionId: "m", traceId: "", spans };
  for (const id of ["t1", "message of t1"])
    assert.deepEqual(
      traceOf(path, id)?.spans.map(({ kind }) => kind),
      ["mission", "task", "model", "tool"],
    );
  assert.equal(traceOf(path, "nobody"), undefined);
  assert.equal(traceOf(path, "m")?.spans.length, spans.length);
});

test("of a long path the oldest leaves go first, and it is told how many", () => {
  const events = [opened(), submitted("t", "qa")];
  for (let n = 0; n < 50; n += 1) events.push(...call(`c${String(n)}`, "t"));
  const spans = folded(events);
  const trace = traceOf({ missionId: "m", traceId: "", spans }, "m", 10);
  assert.equal(trace?.hidden, 42);
  assert.deepEqual(trace.spans.map(({ kind }) => kind).slice(0, 3), [
    "mission",
    "task",
    "model",
  ]);
  assert.equal(trace.spans.at(-1)?.spanId, spans.at(-1)?.spanId);
});
