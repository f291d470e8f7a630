import assert from "node:assert/strict";
import { existsSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { letter, textOf } from "../../contract/mailboxes.ts";
import {
  mailboxFile,
  nextLine,
  opened,
  problem,
  startChild,
} from "./fixture.ts";

describe("a full disk", () => {
  it("refuses what does not fit and acknowledges nothing of it, keeps all before, and stores again when there is space", async (t) => {
    const file = mailboxFile(t);
    const { store } = opened(t, file, { maxPages: 40 });
    const before = await store.add(letter("before"), ["b"]);
    const huge = letter("huge", "x".repeat(900_000));
    const same = await Promise.allSettled([
      store.add(letter("with it"), ["b"]),
      store.add(huge, ["b"]),
      store.add(huge, ["b"]),
    ]);
    for (const one of same)
      problem("mailbox-full")(one.status === "rejected" ? one.reason : one);
    assert.equal(store.usage().letters, 1, "no room is taken for them");

    const small = await store.add(letter("small"), ["b"]);
    store.settle("b", [before.seq]);
    await store.dispose();
    const grown = opened(t, file).store;
    assert.deepEqual(
      grown.waiting().map(({ seq }) => seq),
      [small.seq],
    );
    const stored = await grown.add(huge, ["b"]);
    assert.equal(stored.duplicate, false, "it never was stored");
    assert.equal((await grown.add(letter("with it"), [])).duplicate, false);
  });

  it("loses no word about what was settled, failed or buried", async (t) => {
    const file = mailboxFile(t);
    const { store, problems } = opened(t, file, { maxPages: 40 });
    const [kept, gone] = await Promise.all([
      store.add(letter("kept", "x".repeat(140_000)), ["b"]),
      store.add(letter("gone"), ["b"]),
      // Lies beside them, so that their bodies cannot go yet.
      store.add(letter("stays"), ["b"]),
    ]);
    // Its dead letter needs more room than there is.
    store.bury("b", kept.seq, "no", 1);
    store.settle("b", [gone.seq]);
    await assert.rejects(store.flush(), problem("mailbox-full"));
    await store.dispose();
    const grown = opened(t, file).store;
    assert.equal(grown.waiting().length, 3, "nothing half-stored");
    assert.equal(textOf(grown.read("b", kept.seq)), "x".repeat(140_000));
    assert.ok(problems.length <= 1);
  });
});

describe("one writer", () => {
  it("another window gets mailbox-busy, in this process and in another, until the first one lets go", async (t) => {
    const file = mailboxFile(t);
    const { store } = opened(t, file);
    assert.throws(
      () => openMailboxes({ file, clock: systemClock }),
      problem("mailbox-busy"),
    );
    const child = startChild(t, "openChild.ts", [file]);
    assert.equal(await nextLine(child), "mailbox-busy");
    await store.dispose();
    const next = startChild(t, "openChild.ts", [file]);
    assert.equal(await nextLine(next), "open");
    assert.throws(
      () => openMailboxes({ file, clock: systemClock }),
      problem("mailbox-busy"),
    );
    await next.kill();
    opened(t, file);
  });

  it("is fenced when its file was moved or replaced, because what it acknowledged would be gone", async (t) => {
    const file = mailboxFile(t);
    const { store } = opened(t, file);
    await store.add(letter("1"), ["b"]);
    renameSync(file, `${file}.elsewhere`);
    await assert.rejects(
      store.add(letter("2"), ["b"]),
      problem("mailbox-fenced"),
    );
    await assert.rejects(
      store.add(letter("3"), ["b"]),
      problem("mailbox-fenced"),
    );
  });
});

describe("the file", () => {
  it("can be read by its owner only, and so can all that lies next to it", async (t) => {
    const file = join(dirname(mailboxFile(t)), "new", "folder", "mailbox.db");
    const { store } = opened(t, file);
    await store.add(letter("secret"), ["b"]);
    for (const part of ["", "-wal"])
      assert.equal(statSync(file + part).mode & 0o777, 0o600, part);
    assert.ok(!existsSync(`${file}-shm`), "nobody else can take part");
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
    assert.equal(store.place, file);
  });

  it("of a newer version is refused and left as it is", (t) => {
    const file = mailboxFile(t);
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 99");
    db.close();
    assert.throws(
      () => openMailboxes({ file, clock: systemClock }),
      problem("mailbox-too-new"),
    );
    const after = new DatabaseSync(file);
    assert.equal(
      after.prepare("PRAGMA user_version").get()?.["user_version"],
      99,
    );
    after.close();
  });

  it("where it cannot be, is a problem with something to do", () => {
    assert.throws(
      () => openMailboxes({ file: "/dev/null/m.db", clock: systemClock }),
      problem("mailbox-failed"),
    );
  });
});
