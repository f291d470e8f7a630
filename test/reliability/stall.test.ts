import assert from "node:assert/strict";
import { test } from "node:test";
import { startHub } from "./hubProcess.ts";
import { stallOne } from "./stalled.ts";

test(
  "one of 10 subscribers that stops reading costs the hub 1 MiB at most and the others nothing, and gets all that is durable once it reads on",
  { timeout: 60_000 },
  async (t) => {
    const hub = await startHub(t);
    const { condition, missed } = await stallOne(hub, {
      consumers: 10,
      messages: 1000,
      everyMs: 0,
    });
    assert.deepEqual(condition.errors, []);
    // Live messages are dropped for it and counted: that it fell behind is what is tested.
    assert.ok(missed > 0);
    assert.ok(condition.mostWaiting <= 1024 * 1024);
  },
);
