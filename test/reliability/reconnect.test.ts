import assert from "node:assert/strict";
import { test } from "node:test";
import { startHub } from "./hubProcess.ts";
import { comeBack } from "./reconnecting.ts";

test(
  "200 clients that lose their sockets come back at once, three times, and nothing is lost or comes twice",
  { timeout: 60_000 },
  async (t) => {
    const hub = await startHub(t);
    const { times } = await comeBack(hub, { clients: 200, times: 3 });
    assert.equal(times.length, 3);
    assert.deepEqual((await hub.condition()).errors, []);
  },
);
