import assert from "node:assert/strict";
import { test } from "node:test";
import { openWebSocketClient } from "../hub/webSocketClient.ts";
import { startHub } from "./hubProcess.ts";
import { storm } from "./storm.ts";

test(
  "50,000 spoilt frames and 300 hostile sockets leave a hub as it was, and a client that behaves at work",
  { timeout: 120_000 },
  async (t) => {
    const hub = await startHub(t);
    const { waits } = await storm(hub.address, {
      frames: 50_000,
      sockets: 300,
      seed: 1,
    });
    assert.ok(waits.length > 0);
    const { errors } = await hub.condition();
    assert.deepEqual(errors, []);
    const client = await openWebSocketClient(
      hub.address.wsUrl,
      hub.address.token,
    );
    const listed = await client.call("ListTasks", {});
    assert.match(JSON.stringify(listed), /"totalSize":[1-9]/);
    await client.close();
  },
);
