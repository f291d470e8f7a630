import assert from "node:assert/strict";
import { test } from "node:test";
import { HubStatus } from "../../../src/protocol/status.ts";
import { watchedTable } from "./watchedTable.ts";

const SECRET = "the goal nobody but the team may read";

test("health, status and metrics are for who shows the token, and only to be read", async () => {
  await using table = await watchedTable();
  for (const path of ["/health", "/status", "/metrics"]) {
    assert.equal((await table.get(path)).status, 200, path);
    assert.equal((await table.get(path, {})).status, 401, path);
    const wrong = { authorization: "Bearer wrong" };
    assert.equal((await table.get(path, wrong)).status, 401, path);
    const posted = await fetch(`${table.address.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${table.address.token}`,
        "content-type": "application/json",
      },
      body: "{}",
    });
    assert.notEqual(posted.status, 200, path);
  }
});

test("looking changes nothing in the log", async () => {
  await using table = await watchedTable();
  await table.send("echo hello");
  const head = table.log.head();
  for (const path of ["/health", "/status", "/metrics"])
    await (await table.get(path)).text();
  await table.call("trace/get", { id: "nobody" });
  assert.equal(table.log.head(), head);
});

test("a status tells agents, tasks, log and process, and nothing of what is said", async () => {
  await using table = await watchedTable();
  table.worker.follow("hold");
  const held = table.send(SECRET);
  const working = async (): Promise<HubStatus> => {
    for (;;) {
      const status = HubStatus.parse(await (await table.get("/status")).json());
      if (status.tasks.running > 0) return status;
    }
  };
  const status = await working();
  assert.equal(status.name, "watched table");
  assert.equal(status.version, "9.9.9");
  assert.deepEqual(
    status.agents.map(({ agentId, state, tasks }) => [agentId, state, tasks]),
    [["worker", "working", 1]],
  );
  assert.equal(status.log.head, table.log.head());
  assert.equal(status.log.bytes, null);
  assert.ok(status.process.residentBytes > 0);
  const text = JSON.stringify(status);
  assert.ok(!text.includes(SECRET));
  assert.ok(!text.includes(table.address.token));
  table.worker.release();
  await held;
  const after = HubStatus.parse(await (await table.get("/status")).json());
  assert.equal(after.tasks.running, 0);
  assert.equal(after.agents[0]?.state, "idle");
  assert.ok(after.agents[0].utilisation > 0);
});

test("metrics count messages, tasks and their times by agent", async () => {
  await using table = await watchedTable();
  await table.send("echo one");
  await table.send("fail badly");
  const worker = (name: string): Promise<string | undefined> =>
    table.metric(`roundtable_${name}{agent="worker"`);
  assert.equal(await worker("messages_received_total"), "2");
  assert.ok(Number(await worker("messages_sent_total")) >= 3);
  assert.equal(
    await table.metric('roundtable_messages_sent_total{agent="client"}'),
    "2",
  );
  for (const state of ["completed", "failed"])
    assert.equal(
      await table.metric(
        `roundtable_tasks_total{agent="worker",state="${state}"}`,
      ),
      "1",
    );
  assert.equal(await worker("task_duration_seconds_count"), "2");
  assert.equal(await worker("task_response_seconds_count"), "2");
  assert.equal(await table.metric('roundtable_agents{role="worker"}'), "1");
  assert.equal(
    await table.metric(
      'roundtable_request_duration_seconds_count{method="SendMessage",outcome="ok"}',
    ),
    "2",
  );
});

test("metrics count what the gate refused, by why, and hold no names of a stranger's making", async () => {
  await using table = await watchedTable();
  await table.get("/status", {});
  await table.call("NoSuchMethod\n{evil}", {});
  const text = await (await table.get("/metrics")).text();
  assert.match(text, /roundtable_gate_refusals_total\{why="token"\} 1/);
  assert.match(text, /\{method="other",outcome="error"\} 1/);
  assert.ok(!text.includes("evil"));
});

test("metrics hold neither token nor words", async () => {
  await using table = await watchedTable();
  await table.send(`echo ${SECRET}`);
  const text = await (await table.get("/metrics")).text();
  assert.ok(!text.includes(SECRET));
  assert.ok(!text.includes(table.address.token));
});

test("what the log, the process and the missions around it show is read when asked", async () => {
  await using table = await watchedTable(undefined, {
    missions: () => ({
      running: 1,
      waiting: 0,
      stalled: 0,
      closed: 4,
      endedWell: 3,
    }),
    trust: () => [{ lineage: "model-1", role: "qa", score: 0.75 }],
    onCommit: (listener) => {
      listener(2);
    },
  });
  for (const [start, value] of [
    ["roundtable_log_head", String(table.log.head())],
    ["roundtable_log_append_seconds_count", "1"],
    ["roundtable_log_append_seconds_sum", "0.002"],
    ['roundtable_missions{status="closed"}', "4"],
    ["roundtable_mission_success_ratio", "0.75"],
    ['roundtable_trust_score{lineage="model-1",role="qa"}', "0.75"],
    ["roundtable_agents_unhealthy", "0"],
    ["roundtable_circuits_open", "0"],
    ['roundtable_agent_waiting_tasks{agent="worker"}', "0"],
    ['roundtable_build_info{version="9.9.9"}', "1"],
  ] as const)
    assert.equal(await table.metric(start), value, start);
  for (const start of [
    'roundtable_event_loop_delay_seconds{quantile="0.99"}',
    "roundtable_process_cpu_seconds_total",
    "roundtable_process_resident_memory_bytes",
  ])
    assert.ok(Number(await table.metric(start)) >= 0, start);
});
