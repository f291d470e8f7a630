import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Draft } from "../../../src/protocol/event.ts";
import { note } from "../../contract/eventLog.ts";
import { logFile, opened } from "./fixture.ts";

const TASKS = 1000;

function submitted(n: number): Draft {
  const [taskId, contextId] = [`t${String(n)}`, `c${String(n)}`];
  return {
    missionId: contextId,
    type: "TaskSubmitted",
    data: {
      taskId,
      contextId,
      agentId: "dev",
      from: "client",
      message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "go" }] },
    },
    by: "client",
  };
}

function completed(n: number): Draft {
  return {
    missionId: `c${String(n)}`,
    type: "TaskStatusChanged",
    data: {
      taskId: `t${String(n)}`,
      status: { state: "TASK_STATE_COMPLETED" },
    },
    by: "dev",
  };
}

describe("a log whose writer died", () => {
  for (const [name, count] of [
    ["before any task had its row", 5],
    ["while tasks waited for their rows", TASKS],
  ] as const)
    it(`${name} knows them all`, async (t) => {
      const file = logFile(t);
      const log = await opened(t, file);
      for (let n = 0; n < count; n += 1)
        await log.appendAll([submitted(n), completed(n)]);
      await log.append(submitted(TASKS));
      // What a killed writer leaves: whatever is in the files now.
      const left = logFile(t);
      for (const part of ["", "-wal"]) copyFileSync(file + part, left + part);

      const next = await opened(t, left);
      assert.equal(next.task("t0")?.state, "TASK_STATE_COMPLETED");
      const last = next.task(`t${String(TASKS)}`);
      assert.equal(last?.state, "TASK_STATE_SUBMITTED");
      await next.append(completed(TASKS));
      const { tasks, total } = next.tasks({ limit: 2 });
      assert.equal(total, count + 1);
      assert.deepEqual(
        tasks.map(({ id, state }) => [id, state]),
        [
          [`t${String(TASKS)}`, "TASK_STATE_COMPLETED"],
          [`t${String(count - 1)}`, "TASK_STATE_COMPLETED"],
        ],
      );
      assert.deepEqual(next.verify(), []);
    });

  it("with one task open since thousands of events still knows it", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await log.append(submitted(1));
    for (let i = 0; i < 12; i += 1)
      await log.appendAll(
        Array.from({ length: 500 }, () => note("elsewhere", "said")),
      );
    const left = logFile(t);
    for (const part of ["", "-wal"]) copyFileSync(file + part, left + part);
    const next = await opened(t, left);
    assert.equal(next.task("t1")?.openedSeq, 1);
    await next.dispose();
    const closed = await opened(t, left);
    assert.equal(closed.tasks({ limit: 1 }).total, 1);
  });
});
