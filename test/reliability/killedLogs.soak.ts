import assert from "node:assert/strict";
import { test } from "node:test";
import { killLogs, LOG_POINTS } from "./logKills.ts";
import { killTwoAtATime } from "./kills.ts";

/** Part of 20,000 in all, a file each because a file has half an hour. */
const KILLS = 10000;
const RECOVERY_MS = 2000;

test(`${String(KILLS)} writers of a log, killed at random times and at every named point, leave everything acknowledged in it, once, and whole`, async (t) => {
  const { p99Ms } = await killTwoAtATime(
    t,
    "logChild.ts",
    KILLS,
    LOG_POINTS,
    killLogs,
  );
  assert.ok(p99Ms <= RECOVERY_MS, `recovery p99 ${String(p99Ms)} ms`);
});
