/** What every {@link Mailboxes} promises; each implementation runs all of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import type { Letter, Mailboxes } from "../../src/ports/mailboxes.ts";

/** A letter from `from` with that id. */
export function letter(
  id: string,
  text = "hello",
  header: Partial<Letter["header"]> = {},
): Letter {
  return {
    header: {
      ...{ id, from: "a", to: "agent:b", type: "event", durable: true },
      priority: 5,
      ...header,
    },
    payload: Buffer.from(JSON.stringify({ text })),
  };
}

/** The text of a {@link letter}. */
export function textOf(found: Pick<Letter, "payload"> | undefined): unknown {
  assert.ok(found !== undefined);
  return (JSON.parse(found.payload.toString()) as { text: unknown }).text;
}

/** Bounds the suite needs: 50 letters and 20,000 bytes a mailbox, 80 letters and 30,000 bytes in all. */
export const SMALL = {
  ...{ boxLetters: 50, boxBytes: 20_000 },
  ...{ letters: 80, bytes: 30_000, boxes: 40 },
};

/** Runs the suite. `open` gives a store at a place, again with what was stored there before when it is called again; the bounds are {@link SMALL} where asked for. */
export function mailboxesContract(
  name: string,
  open: (place: string, small: boolean) => Mailboxes,
): void {
  let places = 0;
  const withStore =
    (
      use: (store: Mailboxes, again: () => Promise<Mailboxes>) => Promise<void>,
      small = false,
    ): (() => Promise<void>) =>
    async () => {
      const place = String((places += 1));
      let store = open(place, small);
      try {
        await use(store, async () => {
          await store.dispose();
          return (store = open(place, small));
        });
      } finally {
        await store.dispose();
      }
    };

  describe(`mailboxes promise, ${name}`, () => {
    it(
      "a letter waits in every mailbox named until it is settled there, byte for byte, whoever opens them next",
      withStore(async (store, again) => {
        const sent = letter("m1", "grüße", { "x-own": { deep: [1] } });
        const { seq, duplicate } = await store.add(sent, ["b", "c", "b"]);
        assert.equal(duplicate, false);
        assert.deepEqual(store.read("b", seq), sent);
        assert.equal(store.settle("b", [seq]), 1);
        assert.equal(store.settle("b", [seq, 99]), 0);
        assert.equal(store.read("b", seq), undefined);
        const next = await again();
        assert.deepEqual(
          next.waiting().map(({ mailbox, seq: at }) => [mailbox, at]),
          [["c", seq]],
        );
        assert.deepEqual(next.read("c", seq), sent);
        next.settle("c", [seq]);
        const last = await again();
        assert.deepEqual(last.waiting(), []);
        assert.equal(last.usage().bytes, 0);
      }),
    );

    it(
      "places grow with every letter, across openings too, and waiting letters come in that order",
      withStore(async (store, again) => {
        const first = await store.add(letter("1"), ["b"]);
        const [second, third] = await Promise.all([
          store.add(letter("2"), ["b"]),
          store.add(letter("3"), ["b"]),
        ]);
        store.settle("b", [second.seq, third.seq, first.seq]);
        const next = await again();
        const fourth = await next.add(letter("4"), ["b"]);
        const places = [first, second, third, fourth].map(({ seq }) => seq);
        assert.deepEqual(
          places,
          places.toSorted((a, b) => a - b),
        );
        assert.equal(new Set(places).size, 4);
      }),
    );

    it(
      "the same id of the same sender is stored once, for ever: pending, waiting, settled, dead, reopened",
      withStore(async (store, again) => {
        const [first, second] = await Promise.all([
          store.add(letter("m1", "first"), ["b"]),
          store.add(letter("m1", "second"), ["b"]),
        ]);
        assert.deepEqual(second, { seq: first.seq, duplicate: true });
        assert.equal(textOf(store.read("b", first.seq)), "first");
        assert.equal(store.usage().letters, 1);
        store.settle("b", [first.seq]);
        const known = { seq: first.seq, duplicate: true };
        assert.deepEqual(await store.add(letter("m1"), ["b"]), known);
        const other = await store.add(letter("m1", "x", { from: "z" }), ["b"]);
        assert.equal(other.duplicate, false);
        store.bury("b", other.seq, "no", 1);
        const next = await again();
        assert.deepEqual(await next.add(letter("m1"), ["b"]), known);
        assert.deepEqual(await next.add(letter("m1", "x", { from: "z" }), []), {
          seq: other.seq,
          duplicate: true,
        });
        assert.equal(next.usage().letters, 0);
      }),
    );

    it(
      "priority, expiry and failed tries come back with a letter",
      withStore(async (store, again) => {
        const at = 1_900_000_000_000;
        const { seq } = await store.add(
          letter("m1", "x", { priority: 9, expiresAt: at }),
          ["b"],
        );
        const failures = [
          { at: 1, why: "refused: später" },
          { at: 2, why: "gone" },
        ];
        for (const failure of failures) store.failed("b", seq, failure);
        const next = await again();
        assert.deepEqual(next.waiting(), [
          { mailbox: "b", seq, priority: 9, expiresAt: at, failures },
        ]);
      }),
    );

    it(
      "a buried letter is settled and listed with why and its tries; sent again it waits at its old place without them",
      withStore(async (store, again) => {
        const { seq } = await store.add(letter("m1", "dead"), ["b"]);
        await store.add(letter("m2"), ["b"]);
        store.failed("b", seq, { at: 1, why: "first" });
        store.bury("b", seq, "last", 2);
        await store.flush();
        assert.equal(store.read("b", seq), undefined);
        let next = await again();
        const [dead] = next.deadLetters();
        assert.ok(dead !== undefined);
        assert.deepEqual(
          [dead.mailbox, dead.seq, dead.at, dead.why, dead.header.id],
          ["b", seq, 2, "last", "m1"],
        );
        assert.deepEqual(dead.failures, [{ at: 1, why: "first" }]);
        assert.equal(textOf(next.deadLetter(dead.no)), "dead");
        assert.equal(next.usage().deadLetters, 1);
        assert.deepEqual(next.deadLetters({ mailbox: "c" }), []);
        assert.deepEqual(next.deadLetters({ after: dead.no }), []);

        const risen = next.resend(dead.no);
        assert.equal(await next.resend(dead.no), undefined);
        assert.deepEqual((await risen)?.failures, []);
        assert.equal(next.usage().deadLetters, 0);
        next = await again();
        assert.equal(next.deadLetter(dead.no), undefined);
        assert.deepEqual(
          next
            .waiting()
            .map((waits) => [waits.seq, waits.failures])
            .at(0),
          [seq, []],
        );
        assert.equal(textOf(next.read("b", seq)), "dead");
      }),
    );

    it(
      "a dead letter that finds no room when it is sent again stays a dead letter, and rises when there is some",
      withStore(async (store, again) => {
        const { seq } = await store.add(letter("m0", "dead"), ["b"]);
        store.bury("b", seq, "x", 1);
        await store.flush();
        await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            store.add(letter(`n${String(i)}`), ["b"]),
          ),
        );
        const no = store.deadLetters()[0]?.no ?? 0;
        const overloaded = (error: unknown): boolean =>
          isProblem(error, "mailbox-overloaded");
        await assert.rejects(store.resend(no), overloaded);
        await store.flush();
        const next = await again();
        assert.equal(textOf(next.deadLetter(no)), "dead");
        await assert.rejects(next.resend(no), overloaded);
        next.settle("b", [next.waiting()[0]?.seq ?? 0]);
        assert.equal((await next.resend(no))?.seq, seq);
        assert.equal(next.deadLetter(no), undefined);
      }, true),
    );

    it(
      "a dropped dead letter is gone, and its number is never another's",
      withStore(async (store, again) => {
        const one = await store.add(letter("m1"), ["b"]);
        store.bury("b", one.seq, "x", 1);
        await store.flush();
        const [dead] = store.deadLetters();
        assert.equal(await store.drop(dead?.no ?? 0), true);
        assert.equal(await store.drop(dead?.no ?? 0), false);
        const next = await again();
        assert.deepEqual(next.deadLetters(), []);
        const two = await next.add(letter("m2"), ["b"]);
        next.bury("b", two.seq, "x", 1);
        await next.flush();
        assert.ok((next.deadLetters()[0]?.no ?? 0) > (dead?.no ?? 0));
      }),
    );

    it(
      "lasting subscriptions are kept, replaced and forgotten with what waits for them",
      withStore(async (store, again) => {
        await store.keep("s", ["a.*"]);
        await store.keep("s", ["a.*", "b.#"]);
        await store.keep("t", ["c"]);
        await store.add(letter("m1"), ["@t", "b"]);
        let next = await again();
        assert.deepEqual(next.lasting(), [
          { name: "s", topics: ["a.*", "b.#"] },
          { name: "t", topics: ["c"] },
        ]);
        await next.forget("t", "@t");
        await next.forget("unknown", "@unknown");
        next = await again();
        assert.deepEqual(
          next.lasting().map(({ name: kept }) => kept),
          ["s"],
        );
        assert.deepEqual(
          next.waiting().map(({ mailbox }) => mailbox),
          ["b"],
        );
      }),
    );

    it(
      "a full mailbox refuses for all the letter is for, stores nothing of it, and takes more when something was settled",
      withStore(async (store, again) => {
        const stored = await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            store.add(letter(`m${String(i)}`), ["b"]),
          ),
        );
        const late = letter("late");
        const overloaded = (error: unknown): boolean =>
          isProblem(error, "mailbox-overloaded");
        await assert.rejects(store.add(late, ["c", "b"]), overloaded);
        assert.equal(
          (await store.add(letter("m1"), ["b"])).duplicate,
          true,
          "what is known already needs no room",
        );
        assert.equal(store.usage().overloads, 1);
        const next = await again();
        assert.deepEqual(
          next.waiting().filter(({ mailbox }) => mailbox === "c"),
          [],
        );
        await assert.rejects(next.add(late, ["b"]), overloaded);
        next.settle("b", [stored[0]?.seq ?? 0]);
        assert.equal((await next.add(late, ["b"])).duplicate, false);
      }, true),
    );

    it(
      "bytes are bounded per mailbox and in all, dead letters included, and so are mailboxes and letters",
      withStore(async (store) => {
        const overloaded = (error: unknown): boolean =>
          isProblem(error, "mailbox-overloaded");
        const big = (id: string): Letter => letter(id, "x".repeat(9000));
        const { seq } = await store.add(big("1"), ["b"]);
        await store.add(big("2"), ["b"]);
        await assert.rejects(store.add(big("3"), ["b"]), overloaded);
        await store.add(big("3"), ["c"]);
        await assert.rejects(store.add(big("4"), ["d"]), overloaded);
        store.bury("b", seq, "x", 1);
        await assert.rejects(store.add(big("4"), ["d"]), overloaded);
        const many = Array.from({ length: 50 }, (_, i) => `n${String(i)}`);
        await assert.rejects(store.add(letter("5"), many), overloaded);
      }, true),
    );

    it(
      "a letter for nobody is remembered all the same",
      withStore(async (store, again) => {
        const first = await store.add(letter("m1"), []);
        const next = await again();
        assert.deepEqual(await next.add(letter("m1"), ["b"]), {
          seq: first.seq,
          duplicate: true,
        });
      }),
    );

    it(
      "once disposed of it takes nothing, and what it took before is stored",
      withStore(async (store, again) => {
        const last = store.add(letter("m1"), ["b"]);
        await store.dispose();
        assert.equal((await last).duplicate, false);
        await assert.rejects(store.add(letter("m2"), ["b"]), (error) =>
          isProblem(error, "mailbox-closed"),
        );
        assert.equal((await again()).waiting().length, 1);
      }),
    );
  });
}
