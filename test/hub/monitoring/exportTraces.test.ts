import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openTraces } from "../../../src/adapters/telemetry/openTraces.ts";
import type { Traces } from "../../../src/ports/monitoring.ts";
import { HUB_STREAM } from "../../../src/protocol/event.ts";
import { Trace } from "../../../src/protocol/trace.ts";
import { startCollector } from "../../adapters/telemetry/collector.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { SILENT } from "../table.ts";
import { watchedTable } from "./watchedTable.ts";

function open(endpoint: string): Traces {
  const service = { name: "roundtable", version: "1" };
  return openTraces({ endpoint, service, clock: systemClock, textLog: SILENT });
}

test("a task's span reaches the collector with the ids that trace/get tells, below the client's own span", async () => {
  await using collector = await startCollector();
  const traces = open(collector.url);
  await using table = await watchedTable(undefined, { traces });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const parentId = "b7ad6b7169203331";
  const task = await table.send("echo secret words", {
    traceparent: `00-${traceId}-${parentId}-01`,
  });
  const { result } = await table.call("trace/get", { id: task.id });
  const [told] = Trace.parse(result).spans;
  await traces.dispose();
  assert.deepEqual(
    collector
      .spans()
      .map((span) => [span.traceId, span.spanId, span.parentSpanId]),
    [[traceId, told?.spanId, parentId]],
  );
  assert.ok(!collector.requests.some(({ text }) => text.includes("secret")));
});

test("a task that was under way when the hub ended is sent when it ends with the next hub, with its real start", async () => {
  await using collector = await startCollector();
  const log = memoryLog();
  const taskId = "under-way";
  await log.append({
    missionId: "talk",
    type: "TaskSubmitted",
    data: {
      taskId,
      contextId: "talk",
      agentId: "worker",
      from: "client",
      message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "x" }] },
    },
    by: "client",
  });
  const [{ at } = { at: 0 }] = log.read({ missionId: "talk" });
  const traces = open(collector.url);
  await using table = await watchedTable(log, { traces });
  await log.append({
    missionId: "talk",
    type: "TaskStatusChanged",
    data: { taskId, status: { state: "TASK_STATE_COMPLETED" } },
    by: "worker",
  });
  await traces.dispose();
  const [span] = collector.spans();
  assert.equal(span?.startTimeUnixNano, `${String(at)}000000`);
  assert.ok(table.log.read({ missionId: HUB_STREAM }).length > 0);
});
