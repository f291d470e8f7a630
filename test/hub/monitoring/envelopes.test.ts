import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { HubStatus } from "../../../src/protocol/status.ts";
import { openEnvelopeClient } from "../messaging/envelopeClient.ts";
import { watchedTable } from "./watchedTable.ts";

test("envelopes are counted by what became of them, and what waits is seen by its mailbox", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-watch-mail-"));
  t.after(() => {
    rmSync(dir, { recursive: true });
  });
  const file = join(dir, "mailbox.db");
  await using table = await watchedTable(
    undefined,
    {},
    {
      mailboxes: () =>
        Promise.resolve(openMailboxes({ file, clock: systemClock })),
    },
  );
  const b = await openEnvelopeClient(table.address);
  await b.sit("b");
  const client = await openEnvelopeClient(table.address);
  client.send({ id: "live", to: "agent:b" }, 1);
  await b.messages.next();
  client.send({ id: "durable", to: "agent:b", durable: true }, 2);
  await client.told.next();
  const { header } = await b.messages.next();
  assert.equal(await table.metric('roundtable_queue_depth{mailbox="b"}'), "1");
  assert.equal(await table.metric("roundtable_in_flight"), "1");
  const status = HubStatus.parse(await (await table.get("/status")).json());
  assert.deepEqual(status.queues, [{ mailbox: "b", waiting: 1 }]);
  await b.call("envelope/ack", { seqs: [header["seq"]] });
  for (const [start, value] of [
    ['roundtable_envelopes_total{fate="received"}', "2"],
    ['roundtable_letters_total{fate="accepted"}', "1"],
    ['roundtable_letters_total{fate="acknowledged"}', "1"],
    ['roundtable_letters_total{fate="timed_out"}', "0"],
    ["roundtable_dead_letters", "0"],
  ] as const)
    assert.equal(await table.metric(start), value, start);
  await b.close();
  await client.close();
});

test("a hub without mailboxes shows none, rather than empty ones", async () => {
  await using table = await watchedTable();
  assert.equal(await table.metric("roundtable_dead_letters"), undefined);
  assert.equal(
    await table.metric('roundtable_envelopes_total{fate="received"}'),
    "0",
  );
});
