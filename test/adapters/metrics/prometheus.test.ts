import assert from "node:assert/strict";
import { test } from "node:test";
import { register } from "prom-client";
import { expose } from "../../../src/adapters/metrics/prometheus.ts";
import { CATALOGUE } from "../../../src/hub/monitoring/catalogue.ts";
import { createCounters } from "../../../src/hub/monitoring/counters.ts";

/** The lines of one metric, without its help. */
async function lines(
  counters: ReturnType<typeof createCounters>,
  name: string,
): Promise<readonly string[]> {
  const { text } = await expose(counters.read());
  return text.split("\n").filter((line) => line.startsWith(name));
}

test("every metric is written with help and type in Prometheus' own text format, even before anything happened", async () => {
  const { contentType, text } = await expose(createCounters().read());
  assert.equal(contentType, "text/plain; version=0.0.4; charset=utf-8");
  for (const [name, { kind, help }] of CATALOGUE) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n`), name);
    assert.ok(text.includes(`# TYPE ${name} ${kind}\n`), name);
  }
});

test("names follow Prometheus' conventions", () => {
  for (const [name, { kind, labels }] of CATALOGUE) {
    assert.match(name, /^roundtable_[a-z][a-z0-9_]*$/);
    assert.equal(kind === "counter", name.endsWith("_total"), name);
    if (kind === "histogram") assert.match(name, /_seconds$/);
    assert.ok(!/_ms$|_millis/.test(name), name);
    for (const label of labels) assert.match(label, /^[a-z_]+$/);
  }
});

test("a histogram's buckets add up, the last one being all", async () => {
  const counters = createCounters();
  for (const seconds of [0.05, 0.3, 0.3, 5000])
    counters.observe("roundtable_task_duration_seconds", seconds, {
      agent: "qa",
    });
  const found = await lines(counters, "roundtable_task_duration_seconds");
  const value = (end: string): string | undefined =>
    found
      .find((line) => line.includes(end))
      ?.split(" ")
      .at(-1);
  assert.equal(value('le="0.1"'), "1");
  assert.equal(value('le="0.5"'), "3");
  assert.equal(value('le="3600"'), "3");
  assert.equal(value('le="+Inf"'), "4");
  assert.equal(value("_count"), "4");
  assert.equal(Number(value("_sum")), 5000.65);
});

test("what has no labels starts at 0, so that its rate is known from the first event on", async () => {
  const counters = createCounters();
  const name = "roundtable_tasks_reassigned_total";
  assert.deepEqual(await lines(counters, name), [`${name} 0`]);
  counters.count(name);
  assert.deepEqual(await lines(counters, name), [`${name} 1`]);
});

test("label values cannot break out of their line", async () => {
  const counters = createCounters();
  counters.count("roundtable_messages_sent_total", {
    agent: 'evil"} 1\nroundtable_fake 1',
  });
  assert.deepEqual(await lines(counters, "roundtable_messages_sent_total"), [
    'roundtable_messages_sent_total{agent="evil\\"} 1\\nroundtable_fake 1"} 1',
  ]);
});

test("more than 200 label sets of one metric are counted together as other", async () => {
  const counters = createCounters();
  for (let n = 0; n < 1000; n += 1)
    counters.count("roundtable_messages_sent_total", {
      agent: `agent-${String(n)}`,
    });
  const found = await lines(counters, "roundtable_messages_sent_total");
  assert.equal(found.length, 201);
  assert.ok(
    found.includes('roundtable_messages_sent_total{agent="other"} 800'),
  );
});

test("nothing is put into prom-client's global registry", async () => {
  await expose(createCounters().read());
  assert.deepEqual(register.getMetricsAsArray(), []);
});

test("a name the catalogue does not hold changes nothing", () => {
  const counters = createCounters();
  counters.count("roundtable_nonsense_total");
  counters.observe("roundtable_tasks_total", 1);
  assert.ok(
    counters.read().every(({ name }) => name !== "roundtable_nonsense_total"),
  );
});
