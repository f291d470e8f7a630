import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openTraces } from "../../../src/adapters/telemetry/openTraces.ts";
import type { TextLog } from "../../../src/ports.ts";
import type { Traces } from "../../../src/ports/monitoring.ts";
import type { Span } from "../../../src/protocol/trace.ts";
import { startCollector } from "./collector.ts";

const SECRET = "/home/ann/secret plans";

const span = (more: Partial<Span> = {}): Span => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  parentId: null,
  kind: "task",
  name: "ballot",
  agentId: "qa",
  startMs: 1_700_000_000_123,
  endMs: 1_700_000_002_623,
  ok: true,
  attributes: {},
  ...more,
});

interface Heard {
  readonly textLog: TextLog;
  readonly lines: string[];
  /** Resolves with the first line. */
  readonly first: Promise<string>;
}

function listening(): Heard {
  const lines: string[] = [];
  const { promise: first, resolve } = Promise.withResolvers<string>();
  const write = (message: string, fields?: object): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
    resolve(lines[0] ?? "");
  };
  return { textLog: { info: write, warn: write, error: write }, lines, first };
}

function open(endpoint: string, textLog: TextLog): Traces {
  const service = { name: "roundtable", version: "9.9.9" };
  return openTraces({ endpoint, service, clock: systemClock, textLog });
}

/** An address where nobody listens. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String(port)}`;
}

test("spans arrive as OTLP/HTTP JSON with their own ids, times, status and resource", async () => {
  await using collector = await startCollector();
  const { textLog, lines } = listening();
  const traces = open(collector.url, textLog);
  traces.add([
    span(),
    span({
      kind: "model",
      name: "claude-opus-9",
      spanId: "1111111111111111",
      parentId: "b7ad6b7169203331",
      ok: false,
      attributes: { inputTokens: 12, microUsd: 2_500_000 },
    }),
  ]);
  await traces.dispose();
  const [request] = collector.requests;
  assert.equal(request?.path, "/v1/traces");
  assert.match(request.contentType, /^application\/json/);
  const resource = Object.fromEntries(
    request.body.resourceSpans[0]?.resource.attributes.map(({ key, value }) => [
      key,
      value.stringValue,
    ]) ?? [],
  );
  assert.equal(resource["service.name"], "roundtable");
  assert.equal(resource["service.version"], "9.9.9");
  const [task, model] = collector.spans();
  assert.equal(task?.traceId, "0af7651916cd43dd8448eb211c80319c");
  assert.equal(task.spanId, "b7ad6b7169203331");
  assert.equal(task.parentSpanId, undefined);
  assert.equal(task.startTimeUnixNano, "1700000000123000000");
  assert.equal(task.endTimeUnixNano, "1700000002623000000");
  assert.equal(task.status.code, 1);
  assert.equal(model?.parentSpanId, "b7ad6b7169203331");
  assert.equal(model.name, "model claude-opus-9");
  assert.equal(model.kind, 3, "a client's span");
  assert.equal(model.status.code, 2);
  const attributes = new Map(
    model.attributes.map(({ key, value }) => [key, value]),
  );
  assert.deepEqual(attributes.get("gen_ai.usage.input_tokens"), {
    intValue: 12,
  });
  assert.deepEqual(attributes.get("roundtable.cost_usd"), { doubleValue: 2.5 });
  assert.deepEqual(lines, []);
});

test("only what is on the list leaves: no unknown attribute, no text that is more than a name", async () => {
  await using collector = await startCollector();
  const traces = open(collector.url, listening().textLog);
  traces.add([
    span({
      agentId: SECRET,
      attributes: {
        messageId: "chosen-by-a-client",
        goal: SECRET,
        outcome: SECRET,
        state: "TASK_STATE_COMPLETED",
      },
    }),
    span({ kind: "tool", name: SECRET, spanId: "2222222222222222" }),
  ]);
  await traces.dispose();
  const text = collector.requests.map((request) => request.text).join("");
  assert.ok(!text.includes("secret"), text);
  assert.ok(!text.includes("chosen-by-a-client"));
  assert.ok(text.includes("TASK_STATE_COMPLETED"));
});

test("what still lasts is not sent", async () => {
  await using collector = await startCollector();
  const traces = open(collector.url, listening().textLog);
  traces.add([span({ endMs: null })]);
  await traces.dispose();
  assert.deepEqual(collector.spans(), []);
});

test("a collector that cannot be reached costs one line, however many batches it misses", async () => {
  const { textLog, lines, first } = listening();
  const traces = open(await nowhere(), textLog);
  for (let batch = 0; batch < 40; batch += 1)
    traces.add(
      Array.from({ length: 256 }, (_, at) =>
        span({
          spanId: (batch * 256 + at + 1).toString(16).padStart(16, "0"),
        }),
      ),
    );
  assert.match(await first, /collector/);
  await traces.dispose();
  assert.equal(lines.length, 1, lines.join("\n"));
});

test("a collector that says no is told of once and stops nothing", async () => {
  await using collector = await startCollector(400);
  const { textLog, lines } = listening();
  const traces = open(collector.url, textLog);
  traces.add(
    Array.from({ length: 600 }, (_, at) =>
      span({ spanId: (at + 1).toString(16).padStart(16, "0") }),
    ),
  );
  await collector.whenSpans(512);
  await traces.dispose();
  assert.equal(lines.length, 1, lines.join("\n"));
});

test("an endpoint may name the path of traces itself, and must be an http address", async () => {
  await using collector = await startCollector();
  const { textLog } = listening();
  for (const path of ["", "/", "/v1/traces", "/base"]) {
    const traces = open(`${collector.url}${path}`, textLog);
    traces.add([span()]);
    await traces.dispose();
  }
  assert.deepEqual(
    collector.requests.map(({ path }) => path),
    ["/v1/traces", "/v1/traces", "/v1/traces", "/base/v1/traces"],
  );
  for (const bad of ["localhost:4318", "ftp://x", "nonsense"])
    assert.throws(() => open(bad, textLog), { code: "bad-settings" });
});
