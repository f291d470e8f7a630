import assert from "node:assert/strict";
import { test } from "node:test";
import { createCounters } from "../../../src/hub/monitoring/counters.ts";

const NAME = "roundtable_tasks_total";

test("a family with ever new labels keeps 200 of them and counts the rest together, whatever they are called", () => {
  const counters = createCounters();
  for (let i = 0; i < 1000; i += 1)
    counters.count(NAME, { agent: `agent-${String(i)}`, state: "completed" });
  counters.count(NAME, { agent: "agent-7", state: "completed" });
  counters.count(NAME, { agent: "agent-7", state: "failed" });
  const family = counters.read().find(({ name }) => name === NAME);
  assert.ok(family?.kind === "counter");
  const { samples } = family;
  assert.equal(samples.length, 201);
  const valueOf = (agent: string): number | undefined =>
    samples.find(({ labels }) => labels["agent"] === agent)?.value;
  assert.equal(valueOf("agent-7"), 2);
  assert.equal(valueOf("agent-999"), undefined);
  assert.equal(valueOf("other"), 801);
});
