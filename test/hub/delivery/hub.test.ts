/** Durable messages and dead letters at a whole hub: real sockets, mailboxes on disk. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { callHub } from "../../../src/hub/callHub.ts";
import type { Discovered } from "../../../src/hub/discovery.ts";
import {
  DeadLetterFull,
  DeadLettersPage,
} from "../../../src/protocol/deadLetters.ts";
import type { IssuedToken } from "../../../src/protocol/hub.ts";
import { letter } from "../../contract/mailboxes.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { openEnvelopeClient } from "../messaging/envelopeClient.ts";
import type { Table } from "../table.ts";
import { openTable } from "../table.ts";
import { openWebSocketClient, Refused } from "../webSocketClient.ts";

/** A hub that can be closed and opened again on the same mailboxes. */
interface House {
  readonly file: string;
  /** Opens the hub, in place of the one before. */
  open(): Promise<Discovered>;
}

function build(t: TestContext): House {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-durable-"));
  const file = join(dir, "mailbox.db");
  let table: Table | undefined;
  t.after(async () => {
    await table?.close();
    rmSync(dir, { recursive: true });
  });
  return {
    file,
    async open() {
      await table?.close();
      table = await openTable(memoryLog(), {
        mailboxes: () =>
          Promise.resolve(openMailboxes({ file, clock: systemClock })),
      });
      return table.address;
    },
  };
}

describe("durable messages at a hub", () => {
  it("wait for an agent that has left, over a restart of the hub, and are settled by its acknowledgement", async (t) => {
    const house = build(t);
    let address = await house.open();
    const sender = await openEnvelopeClient(address);
    const b = await openEnvelopeClient(address);
    await b.sit("b");
    await b.close();
    sender.send({ id: "m1", to: "agent:b", durable: true }, { text: "one" });
    const { method, params } = await sender.told.next();
    assert.deepEqual([method, params], ["envelope/accepted", { ids: ["m1"] }]);
    await sender.close();

    address = await house.open();
    const again = await openEnvelopeClient(address);
    await again.sit("b");
    const { header, payload } = await again.messages.next();
    assert.deepEqual(payload, { text: "one" });
    assert.equal(header["from"], "client");
    await again.call("envelope/ack", { seqs: [header["seq"]] });
    await again.close();

    address = await house.open();
    const last = await openEnvelopeClient(address);
    await last.sit("b");
    last.send({ id: "m2", to: "agent:b", durable: true }, { text: "two" });
    assert.deepEqual((await last.messages.next()).payload, { text: "two" });
    await last.close();
  });

  it("wait for a lasting subscription, whose topics outlive the hub", async (t) => {
    const house = build(t);
    let address = await house.open();
    const first = await openEnvelopeClient(address);
    await first.call("envelope/subscribe", { topics: ["a.*"], name: "s" });
    await first.close();

    address = await house.open();
    const sender = await openEnvelopeClient(address);
    sender.send({ id: "m1", to: "topic:a.b", durable: true }, 1);
    await sender.told.next();
    await sender.call("envelope/subscribe", { topics: ["a.*"], name: "s" });
    assert.equal((await sender.messages.next()).payload, 1);
    await sender.close();
  });

  it("come to who sits already when the hub learns of them, each once", async (t) => {
    const house = build(t);
    const address = await house.open();
    const a = await openEnvelopeClient(address);
    const b = await openEnvelopeClient(address);
    await b.sit("b");
    for (const id of ["m1", "m1", "m2"])
      a.send({ id, to: "agent:b", durable: true }, id);
    const got = [await b.messages.next(), await b.messages.next()];
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ["m1", "m2"],
    );
    assert.equal(b.messages.waiting(), 0);
    await a.close();
    await b.close();
  });
});

describe("dead letters at a hub", () => {
  it("are listed, read, sent again and dropped over JSON-RPC", async (t) => {
    const house = build(t);
    await bury(house.file, ["m1", "m2", "m3"]);
    const hub = await house.open();
    const list = async (query: object): Promise<readonly number[]> =>
      DeadLettersPage.parse(
        await callHub(hub, "deadLetters/list", query),
      ).deadLetters.map(({ no }) => no);
    assert.deepEqual(await list({}), [1, 2, 3]);
    assert.deepEqual(await list({ after: 1, limit: 1 }), [2]);
    assert.deepEqual(await list({ mailbox: "c" }), []);

    const full = DeadLetterFull.parse(
      await callHub(hub, "deadLetters/get", { no: 2 }),
    );
    assert.deepEqual(
      [full.header.id, full.mailbox, full.why, full.payload],
      ["m2", "b", "nobody took it", '{"text":"hello"}'],
    );
    await callHub(hub, "deadLetters/resend", { no: 2 });
    await callHub(hub, "deadLetters/drop", { no: 1 });
    assert.deepEqual(await list({}), [3]);
    const b = await openEnvelopeClient(hub);
    await b.sit("b");
    const { header } = await b.messages.next();
    assert.deepEqual([header["id"], header["attempt"]], ["m2", 1]);
    await b.close();

    for (const method of ["get", "resend", "drop"])
      await assert.rejects(
        callHub(hub, `deadLetters/${method}`, { no: 2 }),
        /no: is the number of no dead letter/,
      );
    for (const [method, params] of [
      ["list", { limit: 101 }],
      ["list", { after: -1 }],
      ["get", {}],
      ["drop", { no: "1" }],
      ["empty", {}],
    ] as const)
      await assert.rejects(
        callHub(hub, `deadLetters/${method}`, params),
        /do not fit|no such method/,
      );
  });

  it("are nobody's business but the owner's", async (t) => {
    const house = build(t);
    await bury(house.file, ["m1"]);
    const hub = await house.open();
    const { token } = (await callHub(hub, "agents/issueToken", {
      agentId: "guest",
      mayAsk: true,
    })) as IssuedToken;
    const guest = await openWebSocketClient(hub.wsUrl, token);
    for (const method of ["list", "get", "resend", "drop"])
      await assert.rejects(
        guest.call(`deadLetters/${method}`, { no: 1 }),
        (error) => error instanceof Refused && error.message.includes("owner"),
      );
    await guest.close();
  });
});

/** Leaves dead letters in the mailboxes of a hub that does not run. */
async function bury(file: string, ids: readonly string[]): Promise<void> {
  const store = openMailboxes({ file, clock: systemClock });
  for (const id of ids) {
    const { seq } = await store.add(letter(id), ["b"]);
    store.bury("b", seq, "nobody took it", 5);
  }
  await store.dispose();
}
