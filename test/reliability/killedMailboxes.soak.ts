import assert from "node:assert/strict";
import { test } from "node:test";
import { killMailboxes, MAILBOX_POINTS } from "./mailboxKills.ts";
import { killTwoAtATime } from "./kills.ts";

/** Part of 20,000 in all, a file each because a file has half an hour. */
const KILLS = 9000;
const RECOVERY_MS = 2000;

test(`${String(KILLS)} processes with durable delivery, killed likewise, lose no message, and store none twice`, async (t) => {
  const { p99Ms } = await killTwoAtATime(
    t,
    "mailboxChild.ts",
    KILLS,
    MAILBOX_POINTS,
    killMailboxes,
  );
  assert.ok(p99Ms <= RECOVERY_MS, `recovery p99 ${String(p99Ms)} ms`);
});
