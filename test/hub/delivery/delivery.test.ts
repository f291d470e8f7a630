import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RpcFault } from "../../../src/core/rpcPeer.ts";
import { letter } from "../../contract/mailboxes.ts";
import type { Desk } from "./desk.ts";
import { openDesk, recipient } from "./desk.ts";

/** Longest wait the back-off of these tests can come to. */
const LONG_MS = 60_000;

async function sendAll(desk: Desk, count: number): Promise<readonly number[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) => desk.send(`m${String(i)}`)),
  );
}

describe("durable delivery", () => {
  it("hands over what is accepted, in order, once, and forgets what was acknowledged", async (t) => {
    const desk = openDesk(t);
    const b = recipient();
    desk.delivery.attach("b", b);
    const seqs = await sendAll(desk, 5);
    assert.deepEqual(b.news(), ["m0", "m1", "m2", "m3", "m4"]);
    assert.deepEqual(
      b.got.map(({ seq }) => seq),
      seqs,
    );
    desk.delivery.acknowledge("b", seqs);
    await desk.restart();
    desk.delivery.attach("b", b);
    await desk.clock.advance(LONG_MS);
    assert.deepEqual(b.news(), []);
    assert.equal(desk.delivery.stats().waiting, 0);
  });

  it("keeps for who is not there yet, and goes on where the acknowledgements ended, after a restart too", async (t) => {
    const desk = openDesk(t);
    const seqs = await sendAll(desk, 4);
    const b = recipient();
    const detach = desk.delivery.attach("b", b);
    assert.deepEqual(b.news(), ["m0", "m1", "m2", "m3"]);
    desk.delivery.acknowledge("b", seqs.slice(0, 2));
    detach();
    desk.delivery.attach("b", b);
    assert.deepEqual(b.news(), ["m2", "m3"]);
    await desk.restart();
    desk.delivery.attach("b", b);
    assert.deepEqual(b.news(), ["m2", "m3"]);
    assert.deepEqual(
      b.got.slice(-2).map(({ seq }) => seq),
      seqs.slice(2),
      "under the same places",
    );
  });

  it("tells a sender that repeats itself the first place, and delivers once", async (t) => {
    const desk = openDesk(t);
    const b = recipient();
    desk.delivery.attach("b", b);
    const first = await desk.delivery.accept(letter("m1"), ["b"]);
    desk.delivery.acknowledge("b", [first.seq]);
    await desk.restart();
    desk.delivery.attach("b", b);
    const again = await desk.delivery.accept(letter("m1"), ["b"]);
    assert.deepEqual(again, { seq: first.seq, duplicate: true });
    assert.deepEqual(b.news(), ["m1"]);
    assert.equal(desk.delivery.stats().duplicates, 1);
  });

  it("tries again what was refused, later each time, and counts the tries", async (t) => {
    const desk = openDesk(t, { backOffMs: 1000, longestBackOffMs: 8000 });
    const b = recipient();
    desk.delivery.attach("b", b);
    const seq = await desk.send("m");
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      assert.deepEqual(b.got.at(-1), { id: "m", seq, attempt });
      desk.delivery.refuse("b", seq, "not now");
      const before = desk.clock.now();
      while (b.got.length === attempt) await desk.clock.advance(10);
      waits.push(desk.clock.now() - before);
    }
    for (const [i, wait] of waits.entries()) {
      const most = Math.min(8000, 1000 * 2 ** i);
      assert.ok(
        wait >= most / 2 && wait <= most + 10,
        `waited ${String(wait)} after failure ${String(i + 1)}`,
      );
    }
  });

  it("tries again what was not acknowledged in time; a late acknowledgement still counts", async (t) => {
    const desk = openDesk(t);
    const b = recipient();
    desk.delivery.attach("b", b);
    const seqs = await sendAll(desk, 2);
    await desk.clock.advance(29_000);
    assert.deepEqual(b.news(), ["m0", "m1"]);
    await desk.clock.advance(1000 + LONG_MS / 2);
    assert.deepEqual(b.news().slice(0, 2).toSorted(), ["m0", "m1"]);
    assert.equal(desk.delivery.stats().timedOut >= 2, true);
    desk.delivery.acknowledge("b", seqs);
    const { length } = b.got;
    await desk.clock.advance(5 * LONG_MS);
    assert.equal(b.got.length, length);
    assert.equal(desk.delivery.stats().acknowledged, 2);
  });

  it("gives up after the last try: a dead letter with its tries; sent again it begins anew", async (t) => {
    const desk = openDesk(t, { tries: 3 });
    const b = recipient();
    const detach = desk.delivery.attach("b", b);
    const seq = await desk.send("m");
    desk.delivery.refuse("b", seq, "no");
    await desk.clock.advance(LONG_MS / 2);
    assert.deepEqual(b.news(), ["m", "m"]);
    await desk.clock.advance(LONG_MS / 2);
    assert.equal(desk.delivery.stats().timedOut, 1);
    assert.deepEqual(b.news(), ["m"]);
    detach();
    const store = await desk.delivery.mailboxes();
    await store.flush();
    const [dead] = store.deadLetters();
    assert.ok(dead !== undefined);
    assert.deepEqual(
      dead.failures.map(({ why }) => why),
      ["refused: no", "not acknowledged in time", "the recipient went away"],
    );
    assert.equal(desk.delivery.stats().died, 1);
    assert.equal(desk.delivery.stats().waiting, 0);

    desk.delivery.attach("b", b);
    assert.equal(await desk.delivery.resend(dead.no), true);
    assert.equal(await desk.delivery.resend(dead.no), false);
    await desk.clock.advance(LONG_MS);
    assert.deepEqual(b.got[3], { id: "m", seq, attempt: 1 });
    assert.deepEqual(store.deadLetters(), []);
  });

  it("remembers tries over a restart", async (t) => {
    const desk = openDesk(t);
    const b = recipient();
    desk.delivery.attach("b", b);
    const seq = await desk.send("m");
    desk.delivery.refuse("b", seq, "no");
    await desk.restart();
    desk.delivery.attach("b", b);
    assert.equal(b.got.at(-1)?.attempt, 2);
  });

  it("drops what expired, on arrival, in the mailbox and before another try, and counts it", async (t) => {
    const desk = openDesk(t);
    const now = desk.clock.now();
    assert.equal(await desk.send("late", { expiresAt: now }), 0);
    await desk.send("waits", { expiresAt: now + 5000 });
    await desk.send("stays", { expiresAt: now + 500_000 });
    await desk.clock.advance(6000);
    assert.equal(desk.delivery.stats().waiting, 1, "nobody had to come for it");
    const b = recipient();
    desk.delivery.attach("b", b);
    assert.deepEqual(b.news(), ["stays"]);
    const seq = await desk.send("once", { expiresAt: now + 6100 });
    desk.delivery.refuse("b", seq, "no");
    await desk.clock.advance(20_000);
    assert.deepEqual(b.news(), ["once"]);
    assert.equal(desk.delivery.stats().expired, 3);
  });

  it("hands the urgent over first, those of a priority in order", async (t) => {
    const desk = openDesk(t, { window: 1 });
    const b = recipient();
    await Promise.all(
      [5, 0, 10, 5, 10].map((priority, i) =>
        desk.send(`${String(priority)}-${String(i)}`, { priority }),
      ),
    );
    desk.delivery.attach("b", b);
    for (let n = 0; n < 5; n += 1)
      desk.delivery.acknowledge("b", [b.got.at(-1)?.seq ?? 0]);
    assert.deepEqual(b.news().slice(0, 2), ["10-2", "10-4"]);
    assert.deepEqual(
      b.got.map(({ id }) => id).filter((id) => id.startsWith("5")),
      ["5-0", "5-3"],
    );
    assert.equal(b.got.length, 5);
  });

  it("pauses who has too much unacknowledged, and who takes nothing, and goes on without loss", async (t) => {
    const desk = openDesk(t, { window: 3 });
    const b = recipient();
    desk.delivery.attach("b", b);
    const seqs = await sendAll(desk, 8);
    assert.deepEqual(b.news(), ["m0", "m1", "m2"]);
    desk.delivery.acknowledge("b", seqs.slice(0, 2));
    assert.deepEqual(b.news(), ["m3", "m4"]);
    b.open = false;
    desk.delivery.acknowledge("b", seqs.slice(2, 5));
    await desk.clock.advance(1000);
    assert.deepEqual(b.news(), []);
    assert.ok(desk.delivery.stats().paused > 0);
    b.open = true;
    await desk.clock.advance(200);
    assert.deepEqual(b.news(), ["m5", "m6", "m7"]);
    assert.equal(b.got.at(-1)?.attempt, 1, "what was not taken is no try");
  });

  it("hands a mailbox to the last who asked for it", async (t) => {
    const desk = openDesk(t);
    const [old, next] = [recipient(), recipient()];
    const detach = desk.delivery.attach("b", old);
    await desk.send("m1");
    desk.delivery.attach("b", next);
    detach();
    await desk.send("m2");
    assert.deepEqual(old.news(), ["m1"]);
    assert.deepEqual(next.news(), ["m1", "m2"]);
  });

  it("leaves who comes and goes in vain a little longer each time", async (t) => {
    const desk = openDesk(t);
    await desk.send("poison");
    const b = recipient();
    for (let visit = 1; visit <= 3; visit += 1) {
      desk.delivery.attach("b", b)();
    }
    assert.equal(b.got.length, 2, "the third visit gets nothing at first");
    desk.delivery.attach("b", b);
    await desk.clock.advance(2000);
    assert.equal(b.got.length, 3);
  });

  it("refuses with an overload error on the wire when a mailbox is full, and stores nothing of it", async (t) => {
    const desk = openDesk(t, {}, { bounds: { boxLetters: 2 } });
    await sendAll(desk, 2);
    await assert.rejects(desk.send("more"), (error) => {
      assert.ok(error instanceof RpcFault);
      assert.match(JSON.stringify(error.data), /RESOURCE_EXHAUSTED/);
      return true;
    });
    assert.equal(desk.delivery.stats().overloads, 1);
    assert.equal(desk.delivery.stats().waiting, 2);
  });

  it("counts nobody as gone when it ends itself", async (t) => {
    const desk = openDesk(t);
    const b = recipient();
    const detach = desk.delivery.attach("b", b);
    await desk.send("m");
    await desk.restart();
    detach();
    desk.delivery.attach("b", b);
    assert.equal(b.got.at(-1)?.attempt, 1);
  });

  it("keeps lasting subscriptions, and empties the mailbox of one that ends", async (t) => {
    const desk = openDesk(t);
    await desk.delivery.keep({ name: "s", topics: ["a.#"] });
    await desk.delivery.accept(letter("m1"), ["@s"]);
    await desk.restart();
    assert.deepEqual(desk.delivery.lasting(), [{ name: "s", topics: ["a.#"] }]);
    await desk.delivery.forget("s");
    const b = recipient();
    desk.delivery.attach("@s", b);
    assert.deepEqual(b.news(), []);
    assert.deepEqual(desk.delivery.lasting(), []);
  });
});
