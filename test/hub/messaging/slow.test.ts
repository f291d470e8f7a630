import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Table } from "../table.ts";
import { openTable } from "../table.ts";
import type { EnvelopeClient } from "./envelopeClient.ts";
import { openEnvelopeClient } from "./envelopeClient.ts";

const KILOBYTE = "x".repeat(1000);

describe("a reader that does not read", { timeout: 60_000 }, () => {
  let table: Table;
  let sender: EnvelopeClient;
  let stalled: EnvelopeClient;
  let well: EnvelopeClient;
  beforeEach(async () => {
    table = await openTable();
    sender = await openEnvelopeClient(table.address);
    stalled = await openEnvelopeClient(table.address);
    well = await openEnvelopeClient(table.address);
  });
  afterEach(async () => {
    for (const client of [sender, stalled, well]) client.socket.terminate();
    await table.close();
  });

  it("loses what is sent to it directly beyond its bound, and the sender is told of each; nobody else loses anything", async () => {
    await stalled.sit("stalled");
    await well.sit("well");
    stalled.socket.pause();
    const TOTAL = 20_000;
    for (let n = 0; n < TOTAL; n += 1) {
      sender.send({ id: `s${String(n)}`, to: "agent:stalled" }, KILOBYTE);
      if (n % 100 === 0)
        sender.send({ id: `w${String(n)}`, to: "agent:well" }, n);
    }
    for (let n = 0; n < TOTAL; n += 100)
      assert.equal((await well.messages.next()).payload, n);
    sender.send({ id: "last", to: "agent:well" });
    await well.messages.next();
    // Everything the sender is told was said before the answer to this.
    await sender.call("envelope/unsubscribe", {});
    stalled.socket.resume();
    const { params } = await sender.told.next();
    assert.match(JSON.stringify(params), /RESOURCE_EXHAUSTED/);
    const refused = 1 + sender.told.waiting();
    const got = new Set<unknown>();
    for (let n = 0; n < TOTAL - refused; n += 1)
      got.add((await stalled.messages.next()).header["id"]);
    assert.equal(got.size, TOTAL - refused);
    // It has caught up: it gets everything again.
    sender.send({ id: "again", to: "agent:stalled" });
    assert.equal((await stalled.messages.next()).header["id"], "again");
  });

  it("does not slow down a topic for the others", async () => {
    for (const client of [stalled, well])
      await client.call("envelope/subscribe", { topics: ["t"] });
    const third = await openEnvelopeClient(table.address);
    await third.call("envelope/subscribe", { topics: ["t"] });
    stalled.socket.pause();
    for (let n = 0; n < 20_000; n += 1)
      sender.send({ id: String(n), to: "topic:t" }, KILOBYTE);
    for (const client of [well, third])
      for (let n = 0; n < 20_000; n += 1)
        assert.equal((await client.messages.next()).header["id"], String(n));
    assert.equal(sender.told.waiting(), 0);
    third.socket.terminate();
  });
});
