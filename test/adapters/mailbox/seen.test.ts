import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { Seen } from "../../../src/adapters/mailbox/seen.ts";
import { RUN_KEYS } from "../../../src/adapters/mailbox/seenRuns.ts";
import { prepare } from "../../../src/adapters/mailbox/tables.ts";
import { letter } from "../../contract/mailboxes.ts";
import { mailboxFile, opened } from "./fixture.ts";

const key = (n: number): string => `sender-${String(n % 7)}\0m-${String(n)}`;

/** Does everything that is due. */
function settleDown(seen: Seen, upTo: number): number {
  let steps = 0;
  while (seen.due()) {
    seen.step(upTo);
    steps += 1;
  }
  return steps;
}

describe("keys that were seen", () => {
  it("are all found, with their places, through runs, merges of runs and openings; keys that were not are not", (t) => {
    const file = mailboxFile(t);
    let db = new DatabaseSync(file);
    prepare(db);
    let seen = new Seen(db);
    const total = RUN_KEYS * 8;
    for (let n = 1; n <= total; n += 1) {
      seen.add(key(n), n);
      if (n % RUN_KEYS === 0) assert.ok(settleDown(seen, n / RUN_KEYS) > 10);
    }
    assert.equal(seen.upTo, 8);
    const levels = (): unknown =>
      db.prepare("SELECT level, state FROM seen_runs").all();
    assert.deepEqual(levels(), [{ __proto__: null, level: 1, state: "live" }]);
    for (const reopened of [false, true]) {
      if (reopened) {
        db.close();
        db = new DatabaseSync(file);
        prepare(db);
        seen = new Seen(db);
      }
      for (let n = 1; n <= total; n += 97) assert.equal(seen.find(key(n)), n);
      for (let n = total + 1; n <= total + 5000; n += 1)
        assert.equal(seen.find(key(n)), undefined);
    }
    const bytes = Number(
      db.prepare("SELECT SUM(length(keys)) AS bytes FROM seen").get()?.[
        "bytes"
      ],
    );
    assert.equal(bytes, total * 24, "24 bytes a key");
    db.close();
  });

  it("survive a step that could not be written: the run is begun anew", (t) => {
    const db = new DatabaseSync(mailboxFile(t));
    prepare(db);
    const seen = new Seen(db);
    for (let n = 1; n <= RUN_KEYS; n += 1) seen.add(key(n), n);
    for (let steps = 0; steps < 18; steps += 1) seen.step(1);
    // From here on every page is one too many.
    db.exec("PRAGMA max_page_count = 1");
    assert.throws(() => {
      settleDown(seen, 1);
    });
    assert.equal(seen.upTo, 0);
    assert.equal(seen.find(key(5)), 5);
    db.exec("PRAGMA max_page_count = 100000");
    settleDown(seen, 1);
    assert.equal(seen.upTo, 1);
    assert.equal(seen.find(key(5)), 5);
    assert.equal(
      db.prepare("SELECT COUNT(*) AS n FROM seen_runs").get()?.["n"],
      1,
    );
    db.close();
  });
});

describe("what was settled", () => {
  it("leaves nothing but its key on disk, and what still waits in between stays readable", async (t) => {
    const file = mailboxFile(t);
    let { store } = opened(t, file);
    const text = "x".repeat(1000);
    const stays = await store.add(letter("stays", "still here"), ["offline"]);
    const rounds = 140;
    const size = 512;
    for (let round = 0; round < rounds; round += 1) {
      const sent = await Promise.all(
        Array.from({ length: size }, (_, i) =>
          store.add(letter(`m-${String(round * size + i)}`, text), ["b"]),
        ),
      );
      store.settle(
        "b",
        sent.map(({ seq }) => seq),
      );
    }
    await store.flush();
    await store.dispose();
    const db = new DatabaseSync(file);
    const sum = (sql: string): number => Number(db.prepare(sql).get()?.["n"]);
    const bodies = sum("SELECT SUM(length(bytes)) AS n FROM bodies");
    const entries = sum("SELECT SUM(length(entries)) AS n FROM journal");
    db.close();
    assert.ok(bodies < 2_000_000, `${String(bodies)} bytes of bodies`);
    assert.ok(entries < 17_000_000, `${String(entries)} bytes of entries`);
    ({ store } = opened(t, file));
    assert.equal(store.waiting().length, 1);
    assert.ok(store.read("offline", stays.seq) !== undefined);
    for (const n of [0, 1, 40_000, rounds * size - 1])
      assert.equal(
        (await store.add(letter(`m-${String(n)}`), ["b"])).duplicate,
        true,
      );
  });
});
