import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Task } from "../../src/protocol/a2a.ts";
import { HubAddress } from "../../src/protocol/hub.ts";
import { HubStatus } from "../../src/protocol/status.ts";
import { Trace } from "../../src/protocol/trace.ts";
import { startCollector } from "../adapters/telemetry/collector.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { start, type Ended } from "./terminal.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test("a hub in a terminal shows status, metrics and the path of a task, to the collector of the environment too, and after its end from the log", async () => {
  using repo = temporaryRepo();
  await using collector = await startCollector();
  const run = (...args: readonly string[]): Promise<Ended> =>
    start(repo.top, [...args, "--repo", repo.root]).ended;
  const hub = start(
    repo.top,
    ["hub", "--repo", repo.root, "--json", "--model", "none"],
    { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  );
  try {
    await hub.shows("\n");
    const [line = ""] = hub.out().split("\n");
    const { url, tokenFile } = HubAddress.parse(JSON.parse(line));
    const { token } = JSON.parse(await readFile(tokenFile, "utf8")) as {
      readonly token: string;
    };
    const authorization = `Bearer ${token}`;
    const sent = await fetch(`${url}/rpc`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization,
        traceparent,
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "SendMessage",
        params: {
          message: {
            messageId: "m1",
            role: "ROLE_USER",
            parts: [{ text: "What is in a.txt?" }],
          },
        },
      }),
    });
    const { result } = (await sent.json()) as { result: { task: Task } };

    const status = await run("status");
    assert.equal(status.code, 0, status.err);
    assert.match(status.out, /agent +role +state +tasks +busy +model/);
    assert.match(status.out, /planner +planner +idle/);
    const json = await run("status", "--json");
    assert.equal(HubStatus.parse(JSON.parse(json.out)).status, "ok");

    const scraped = await fetch(`${url}/metrics`, {
      headers: { authorization },
    });
    const metrics = await scraped.text();
    assert.match(
      metrics,
      /roundtable_tasks_total\{agent="\w+",state="failed"\} 1/,
    );
    assert.match(metrics, /roundtable_log_append_seconds_count [1-9]/);

    const asked = await run("trace", result.task.id, "--json");
    const trace = Trace.parse(JSON.parse(asked.out));
    assert.equal(trace.traceId, traceparent.split("-")[1]);

    hub.child.kill("SIGINT");
    assert.equal((await hub.ended).code, 0);
    const [span] = collector.spans();
    assert.equal(span?.traceId, trace.traceId);
    assert.equal(span.spanId, trace.spans[0]?.spanId);

    const read = await run("trace", "m1", "--json");
    assert.deepEqual(JSON.parse(read.out), trace);
    assert.match((await run("trace", "m1")).out, /chat: client → \w+ .*failed/);
  } finally {
    hub.child.kill("SIGKILL");
  }
});

test("without a hub, and for an id nobody has, the terminal says what to do", async () => {
  using repo = temporaryRepo();
  const status = await start(repo.top, ["status", "--repo", repo.root]).ended;
  assert.equal(status.code, 2);
  assert.match(status.err, /roundtable hub/);
  const trace = await start(repo.top, ["trace", "x", "--repo", repo.root])
    .ended;
  assert.equal(trace.code, 2);
  assert.match(trace.err, /"x"/);
  assert.match(trace.err, /roundtable log/);
  const bad = await start(
    repo.top,
    ["hub", "--repo", repo.root, "--model", "none"],
    { OTEL_EXPORTER_OTLP_ENDPOINT: "nonsense" },
  ).ended;
  assert.equal(bad.code, 2);
  assert.match(bad.err, /OTEL_EXPORTER_OTLP_ENDPOINT/);
});
