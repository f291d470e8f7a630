import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../../src/protocol/a2a.ts";
import { Trace } from "../../../src/protocol/trace.ts";
import { openWebSocketClient } from "../webSocketClient.ts";
import { watchedTable } from "./watchedTable.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const traceparent = `00-${TRACE}-${PARENT}-01`;

test("a trace given in the HTTP header goes on through the task, and its agent is told of it", async () => {
  await using table = await watchedTable();
  const task = await table.send("echo hello", { traceparent });
  const { result } = await table.call("trace/get", { id: task.id });
  const trace = Trace.parse(result);
  assert.equal(trace.traceId, TRACE);
  const [span] = trace.spans;
  assert.equal(span?.kind, "task");
  assert.equal(span.parentId, PARENT);
  assert.equal(span.ok, true);
  assert.equal(
    task.history?.[0]?.metadata?.["traceparent"],
    traceparent,
    "the agent gets it in the message's metadata",
  );
});

test("over WebSocket the trace is a service parameter", async () => {
  await using table = await watchedTable();
  const { wsUrl, token } = table.address;
  const client = await openWebSocketClient(wsUrl, token);
  const frame = JSON.stringify({
    jsonrpc: "2.0",
    id: 4711,
    method: "SendMessage",
    params: {
      message: {
        messageId: "over-ws",
        role: "ROLE_USER",
        parts: [{ text: "echo x" }],
      },
    },
    serviceParams: { Traceparent: traceparent },
  });
  const { result } = await client.raw(frame);
  const { task } = result as { task: Task };
  const answer = await client.call("trace/get", { id: task.id });
  assert.equal(Trace.parse(answer).traceId, TRACE);
  await client.close();
});

test("a traceparent that is not as W3C writes it is ignored, and one the message has itself wins", async () => {
  await using table = await watchedTable();
  for (const bad of ["nonsense", `00-${"0".repeat(32)}-${PARENT}-01`, ""]) {
    const task = await table.send("echo hello", { traceparent: bad });
    const { result } = await table.call("trace/get", { id: task.id });
    const trace = Trace.parse(result);
    assert.notEqual(trace.traceId, TRACE);
    assert.equal(trace.spans[0]?.parentId, null);
  }
  const own = `00-${"a".repeat(32)}-${PARENT}-00`;
  const { result } = await table.call(
    "SendMessage",
    {
      message: {
        messageId: "own",
        role: "ROLE_USER",
        parts: [{ text: "echo x" }],
        metadata: { traceparent: own },
      },
    },
    { traceparent },
  );
  const { task } = result as { task: Task };
  const traced = await table.call("trace/get", { id: task.id });
  assert.equal(Trace.parse(traced.result).traceId, "a".repeat(32));
});

test("the same id finds the same trace by task, message and context, as often as it is asked", async () => {
  await using table = await watchedTable();
  const task = await table.send("echo hello");
  const messageId = task.history?.[0]?.messageId ?? "";
  const found = [];
  for (const id of [task.id, messageId, task.contextId, task.id]) {
    const { result } = await table.call("trace/get", { id });
    found.push(Trace.parse(result));
  }
  for (const trace of found) assert.deepEqual(trace, found[0]);
});

test("an id nobody has is an error that says so, and params that do not fit are refused", async () => {
  await using table = await watchedTable();
  for (const id of ["nobody", "hub"])
    assert.equal((await table.call("trace/get", { id })).error?.code, -32001);
  for (const params of [{}, { id: "" }, { id: 5 }, { id: "x".repeat(300) }])
    assert.equal((await table.call("trace/get", params)).error?.code, -32602);
});
