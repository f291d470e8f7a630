import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { HUB_POINTS, killHubs } from "./hubKills.ts";
import { killTwoAtATime } from "./kills.ts";
import { killLogs, LOG_POINTS } from "./logKills.ts";
import { killMailboxes, MAILBOX_POINTS } from "./mailboxKills.ts";

// 20,000 in all, with half an hour for each of them.
const OF_LOG = 10_000;
const OF_MAILBOXES = 9000;
const OF_HUBS = 1000;
const RECOVERY_MS = 2000;

async function soak(
  t: TestContext,
  child: string,
  ...rest: [
    kills: number,
    points: readonly string[],
    killAll: Parameters<typeof killTwoAtATime>[4],
  ]
): Promise<void> {
  const { p99Ms } = await killTwoAtATime(t, child, ...rest);
  assert.ok(p99Ms <= RECOVERY_MS, `recovery p99 ${String(p99Ms)} ms`);
}

describe("killed at random times and at every named point, for long", () => {
  it(`${String(OF_LOG)} writers of a log leave everything acknowledged in it, once, and whole`, async (t) => {
    await soak(t, "logChild.ts", OF_LOG, LOG_POINTS, killLogs);
  });

  it(`${String(OF_MAILBOXES)} processes with durable delivery lose no message, and store none twice`, async (t) => {
    await soak(
      t,
      "mailboxChild.ts",
      OF_MAILBOXES,
      MAILBOX_POINTS,
      killMailboxes,
    );
  });

  it(`${String(OF_HUBS)} hubs with clients on sockets go on with every task and every durable message, each once`, async (t) => {
    await soak(t, "killedHubChild.ts", OF_HUBS, HUB_POINTS, killHubs);
  });
});
