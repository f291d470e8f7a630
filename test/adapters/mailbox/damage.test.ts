import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { isProblem } from "../../../src/core/errors.ts";
import { letter, textOf } from "../../contract/mailboxes.ts";
import { mailboxFile, opened, problem } from "./fixture.ts";

const LETTERS = 400;

/** Closed mailboxes with 400 letters of 2 KB in 20 commits, all waiting for `b`, and one dead letter. */
async function filled(t: TestContext): Promise<string> {
  const file = mailboxFile(t);
  const { store } = opened(t, file);
  for (let n = 0; n < LETTERS; n += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.add(
          letter(`m${String(n + i)}`, `${String(n + i)} `.repeat(500)),
          ["b"],
        ),
      ),
    );
  const { seq } = await store.add(letter("dead"), ["b"]);
  store.bury("b", seq, "no", 1);
  await store.dispose();
  return file;
}

/** How many letters can be read, every one of them as it was stored. */
function readable(store: ReturnType<typeof opened>["store"]): number {
  let count = 0;
  for (const { seq } of store.waiting()) {
    const found = store.read("b", seq);
    const n = /^m(\d+)$/.exec(found?.header.id ?? "")?.[1];
    assert.equal(textOf(found), `${String(n)} `.repeat(500));
    count += 1;
  }
  return count;
}

describe("damaged mailboxes", () => {
  it("that are no database at all are set aside and fresh ones started", async (t) => {
    const file = await filled(t);
    writeFileSync(file, "this is not a database".repeat(1000));
    const { store, problems } = opened(t, file);
    assert.equal(problems.length, 1);
    assert.ok(isProblem(problems[0], "mailbox-corrupt"));
    assert.match(problems[0].next, /mailbox\.db\.corrupt-1/);
    assert.match(
      readFileSync(`${file}.corrupt-1`, "utf8"),
      /^this is not a database/,
    );
    assert.equal((await store.add(letter("on"), ["b"])).duplicate, false);
  });

  it("with broken pages keep what is readable before and after them, and open soundly the next time", async (t) => {
    for (const share of [0.3, 0.5, 0.7]) {
      const file = await filled(t);
      const bytes = readFileSync(file);
      const at = Math.floor((bytes.length * share) / 8192) * 8192;
      bytes.fill(0xff, at, at + 3 * 8192);
      writeFileSync(file, bytes);
      const first = opened(t, file).store;
      let saved = 0;
      try {
        saved = readable(first);
      } catch (error) {
        // Bodies are checked when they are read, not all of them at the start.
        problem("mailbox-corrupt")(error);
      }
      await first.dispose();
      const { store } = opened(t, file);
      assert.ok(saved <= store.waiting().length);
      assert.equal((await store.add(letter("on"), ["c"])).duplicate, false);
      await store.dispose();
    }
  });

  it("cut in half open with what is left", async (t) => {
    const file = await filled(t);
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    const { store } = opened(t, file);
    await store.add(letter("on"), ["c"]);
  });

  it("with a changed body never hand it over, and with a changed entry save the others at the start", async (t) => {
    const file = await filled(t);
    let db = new DatabaseSync(file);
    db.exec(
      "UPDATE bodies SET bytes = CAST(replace(CAST(bytes AS TEXT), '7 7', '7 8') AS BLOB) WHERE n = 1",
    );
    db.close();
    const { store, problems } = opened(t, file);
    assert.deepEqual(problems, []);
    assert.throws(() => store.read("b", 3), problem("mailbox-corrupt"));
    assert.ok(store.read("b", 30) !== undefined);
    store.bury("b", 3, "its bytes on disk are damaged", 1);
    await store.flush();
    assert.equal(store.deadLetters().length, 2);
    await store.dispose();

    db = new DatabaseSync(file);
    db.exec("UPDATE journal SET crc = crc + 1 WHERE n = 5");
    db.close();
    const next = opened(t, file);
    // That it was repaired, and that the 19 letters beside the changed one are lost.
    assert.equal(next.problems.length, 2);
    assert.match(next.problems[0]?.message ?? "", /^19 messages/);
    assert.equal(next.store.waiting().length, LETTERS - 40);
    assert.equal(next.store.deadLetters().length, 2);
    assert.deepEqual(await next.store.add(letter("m9"), ["b"]), {
      seq: 10,
      duplicate: true,
    });
  });

  it("whose bodies are gone say how many letters are lost", async (t) => {
    const file = await filled(t);
    const db = new DatabaseSync(file);
    db.exec("DELETE FROM bodies WHERE n = 2");
    db.close();
    const { store, problems } = opened(t, file);
    assert.match(problems[0]?.message ?? "", /^20 messages .* could not be/);
    assert.equal(readable(store), LETTERS - 20);
  });

  it("whose repair was cut short by a crash are repaired to the end, whichever step was last", async (t) => {
    for (const step of ["rebuilding", "rebuilt", "aside"]) {
      const file = await filled(t);
      if (step === "rebuilding")
        writeFileSync(`${file}.rebuilding`, "half a file");
      else copyFileSync(file, `${file}.rebuilt`);
      if (step === "aside") renameSync(file, `${file}.corrupt-1`);
      const { store } = opened(t, file);
      assert.equal(readable(store), LETTERS, step);
      assert.ok(!existsSync(`${file}.rebuilt`));
      assert.ok(!existsSync(`${file}.rebuilding`));
      await store.dispose();
    }
  });
});
