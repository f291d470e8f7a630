import { describe, it } from "node:test";
import { HUB_POINTS, killHubs } from "./hubKills.ts";
import { killTwoAtATime } from "./kills.ts";
import { killLogs, LOG_POINTS } from "./logKills.ts";
import { killMailboxes, MAILBOX_POINTS } from "./mailboxKills.ts";

const OF_LOG = 500;
const OF_HUBS = 100;
const OF_MAILBOXES = 400;

describe("killed at random times and at every named point", () => {
  it(`${String(OF_LOG)} writers of a log leave everything acknowledged in it, once, and whole`, async (t) => {
    await killTwoAtATime(t, "logChild.ts", OF_LOG, LOG_POINTS, killLogs);
  });

  it(`${String(OF_MAILBOXES)} processes with durable delivery lose no message, and store none twice`, async (t) => {
    const points = MAILBOX_POINTS;
    await killTwoAtATime(
      t,
      "mailboxChild.ts",
      OF_MAILBOXES,
      points,
      killMailboxes,
    );
  });

  it(`${String(OF_HUBS)} hubs with clients on sockets go on with every task and every durable message, each once`, async (t) => {
    await killTwoAtATime(t, "killedHubChild.ts", OF_HUBS, HUB_POINTS, killHubs);
  });
});
