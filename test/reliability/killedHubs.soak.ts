import assert from "node:assert/strict";
import { test } from "node:test";
import { HUB_POINTS, killHubs } from "./hubKills.ts";
import { killTwoAtATime } from "./kills.ts";

/** Part of 20,000 in all, a file each because a file has half an hour. */
const KILLS = 1000;
const RECOVERY_MS = 2000;

test(`${String(KILLS)} hubs with clients on sockets, killed likewise, go on with every task and every durable message, each once`, async (t) => {
  const { p99Ms } = await killTwoAtATime(
    t,
    "killedHubChild.ts",
    KILLS,
    HUB_POINTS,
    killHubs,
  );
  assert.ok(p99Ms <= RECOVERY_MS, `recovery p99 ${String(p99Ms)} ms`);
});
