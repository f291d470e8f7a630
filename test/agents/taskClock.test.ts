import assert from "node:assert/strict";
import { test } from "node:test";
import { startTaskClock } from "../../src/agents/taskClock.ts";
import { isProblem } from "../../src/core/errors.ts";
import type { Clock } from "../../src/ports.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import { MISSION } from "./table.ts";

/** Time that passes when told to. */
function handClock(): Clock & { pass(ms: number): Promise<void> } {
  let now = 1_000_000;
  let waiting: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, signal) =>
      new Promise((resolve, reject) => {
        waiting.push({ at: now + ms, wake: resolve });
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      }),
    async pass(ms) {
      now += ms;
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

const task = { missionId: MISSION, agentId: "developer", limitMs: 10_000 };

test("time spent waiting for a person is not the task's", async (t) => {
  const clock = handClock();
  const log = memoryLog(clock);
  t.after(() => log.dispose());
  const taskClock = startTaskClock(
    { clock, log },
    task,
    new AbortController().signal,
  );
  t.after(() => taskClock.dispose());

  await clock.pass(4000);
  await log.append({
    missionId: MISSION,
    type: "PermissionAsked",
    by: "developer",
    data: {
      permissionId: "p",
      agentId: "developer",
      what: "command",
      subject: "[]",
      why: "To see.",
    },
  });
  await clock.pass(3_600_000);
  await log.append({
    missionId: MISSION,
    type: "PermissionAnswered",
    by: "human",
    data: { permissionId: "p", answer: "once", by: "human" },
  });
  await clock.pass(5000);
  assert.equal(taskClock.signal.aborted, false);
  await clock.pass(2000);
  assert.ok(isProblem(taskClock.signal.reason, "turns-spent"));
});

test("another agent's question does not stop the clock", async (t) => {
  const clock = handClock();
  const log = memoryLog(clock);
  t.after(() => log.dispose());
  await log.append({
    missionId: MISSION,
    type: "PermissionAsked",
    by: "qa",
    data: {
      permissionId: "p",
      agentId: "qa",
      what: "command",
      subject: "[]",
      why: "To see.",
    },
  });
  const taskClock = startTaskClock(
    { clock, log },
    task,
    new AbortController().signal,
  );
  t.after(() => taskClock.dispose());
  await clock.pass(10_000);
  assert.ok(isProblem(taskClock.signal.reason, "turns-spent"));
});
