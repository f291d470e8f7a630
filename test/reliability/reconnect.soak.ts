import assert from "node:assert/strict";
import { test } from "node:test";
import { startHub } from "./hubProcess.ts";
import { comeBack } from "./reconnecting.ts";

test(
  "200 clients come back at once 20 times: each time all are there again within 10 s, nothing is lost and nothing comes twice",
  { timeout: 300_000 },
  async (t) => {
    const hub = await startHub(t);
    const { times, again } = await comeBack(hub, { clients: 200, times: 20 });
    const longest = times.at(-1) ?? Infinity;
    t.diagnostic(
      `all 200 resumed within ${longest.toFixed(0)} ms, median ${(times[10] ?? 0).toFixed(0)} ms; ${again} unacknowledged messages came again under their seq`,
    );
    assert.ok(longest <= 10_000);
    assert.deepEqual((await hub.condition()).errors, []);
  },
);
