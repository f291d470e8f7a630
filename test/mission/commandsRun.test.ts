import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsRun } from "../../src/mission/commandsRun.ts";
import type { Recorded } from "../../src/protocol/event.ts";

const event = (type: string, data: object): Recorded =>
  ({ type, data }) as Recorded;

const submitted = (taskId: string, agentId: string, workKey: string) =>
  event("TaskSubmitted", {
    taskId,
    agentId,
    message: { metadata: { workKey } },
  });
const called = (callId: string, taskId: string, summary: string) =>
  event("ToolCalled", { callId, taskId, summary });
const returned = (callId: string, exitCode?: number) =>
  event("ToolReturned", {
    callId,
    ...(exitCode !== undefined && { exitCode }),
  });

test("commands count for the agent and the work they were run for, and only when they ended", () => {
  const events = [
    submitted("t1", "qa", "verify/c1"),
    submitted("t2", "qa", "ballot"),
    submitted("t3", "developer", "verify/c1"),
    called("a", "t1", "npm test"),
    called("b", "t1", "npm run lint"),
    called("c", "t1", "src/a.js:1"),
    called("d", "t2", "npm run build"),
    called("e", "t3", "npm run types"),
    returned("a", 1),
    returned("b"),
    returned("c"),
    returned("d", 0),
    returned("e", 0),
  ];
  assert.deepEqual(commandsRun(events, "qa", "verify/c1"), [
    { command: "npm test", exitCode: 1 },
  ]);
  assert.deepEqual(commandsRun(events, "security", "verify/c1"), []);
});

test("of many commands the last ten are told", () => {
  const events = [
    submitted("t", "qa", "w"),
    ...Array.from({ length: 12 }, (_, index) => [
      called(String(index), "t", `check ${String(index)}`),
      returned(String(index), 0),
    ]).flat(),
  ];
  const ran = commandsRun(events, "qa", "w");
  assert.equal(ran.length, 10);
  assert.equal(ran[0]?.command, "check 2");
});
