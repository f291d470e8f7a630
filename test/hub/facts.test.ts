import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { createFacts } from "../../src/hub/facts.ts";
import { foldTasks } from "../../src/hub/tasks.ts";
import { logFile } from "../adapters/log/fixture.ts";

test("of all ends of a task the log keeps the first, though they are on their way at once", async (t) => {
  const log = await openLog({ file: logFile(t), clock: systemClock });
  t.after(() => log.dispose());
  const tasks = foldTasks(log);
  const facts = createFacts(log, systemClock, tasks);
  await facts.append({
    missionId: "ctx",
    type: "TaskSubmitted",
    data: {
      taskId: "t",
      contextId: "ctx",
      agentId: "worker",
      from: "client",
      message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "go" }] },
    },
    by: "client",
  });
  const record = tasks.get("t");
  assert.ok(record !== undefined);
  const end = (state: "TASK_STATE_COMPLETED" | "TASK_STATE_CANCELED") =>
    facts.append(facts.statusDraft(record, { state }, "hub"));
  await Promise.all([end("TASK_STATE_COMPLETED"), end("TASK_STATE_CANCELED")]);
  await end("TASK_STATE_CANCELED");
  assert.equal(log.mission("ctx").length, 2);
  assert.equal(tasks.get("t")?.state, "TASK_STATE_COMPLETED");
  assert.equal(log.task("t")?.state, "TASK_STATE_COMPLETED");
});
