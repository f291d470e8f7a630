import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { describe, it } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { note } from "../../contract/eventLog.ts";
import { logFile, nextLine, opened, problem, startWriter } from "./fixture.ts";

for (const exclusive of [false, true])
  describe(`one writer${exclusive ? ", with the log held exclusively" : ""}`, () => {
    it("a second window gets log-busy, in this process and in another", async (t) => {
      const file = logFile(t);
      await opened(t, file, { exclusive });
      await assert.rejects(
        openLog({ file, clock: systemClock, exclusive }),
        problem("log-busy"),
      );
      const second = startWriter(t, file, 1);
      assert.equal(await nextLine(second), "problem log-busy");
    });

    it("closing hands the log to the next one, whose epoch is higher", async (t) => {
      const file = logFile(t);
      const first = await opened(t, file, { exclusive });
      await first.append(note("m1", "first"));
      await first.dispose();
      const second = await opened(t, file, { exclusive });
      assert.ok(second.epoch > first.epoch);
      const event = await second.append(note("m1", "second"));
      assert.equal(event.seq, 2);
      assert.deepEqual(second.verify(), []);
    });
  });

describe("taking over", () => {
  it("a killed holder leaves nothing to wait for", async (t) => {
    const file = logFile(t);
    const holder = startWriter(t, file, 0);
    assert.equal(await nextLine(holder), "open 1");
    await assert.rejects(
      openLog({ file, clock: systemClock }),
      problem("log-busy"),
    );
    await holder.kill();
    const log = await opened(t, file);
    assert.ok(log.epoch > 1);
  });

  it("waiting gets the log as soon as the old window lets go, and the event loop goes on meanwhile", async (t) => {
    const file = logFile(t);
    const old = await opened(t, file);
    let turns = 0;
    const waiting = openLog({
      file,
      // Each attempt is a turn of this clock, so the test needs no time of its own.
      clock: {
        ...systemClock,
        after: async () => {
          turns += 1;
          if (turns === 3) await old.append(note("m1", "still at work"));
          if (turns === 5) await old.dispose();
        },
      },
      waitUntil: new AbortController().signal,
    });
    const log = await waiting;
    t.after(() => log.dispose());
    assert.equal(turns, 5);
    assert.equal(log.head(), 1);
    assert.ok(log.epoch > old.epoch);
  });

  it("waiting ends with log-busy when the signal says so", async (t) => {
    const file = logFile(t);
    await opened(t, file);
    await assert.rejects(
      openLog({
        file,
        clock: systemClock,
        waitUntil: AbortSignal.timeout(120),
      }),
      problem("log-busy"),
    );
    await assert.rejects(
      openLog({ file, clock: systemClock, waitUntil: AbortSignal.abort() }),
      problem("log-busy"),
    );
  });

  it("a reload that overlaps with its old window waits for it in another process", async (t) => {
    const file = logFile(t);
    const old = await opened(t, file);
    await old.append(note("m1", "from the old window"));
    const next = startWriter(t, file, 0, 60_000);
    await old.dispose();
    assert.match(await nextLine(next), /^open [2-9]$/);
  });
});

describe("a stale writer is fenced", () => {
  it("when the lock was lost and another writer took over, and nothing of it is stored", async (t) => {
    const file = logFile(t);
    const stale = await opened(t, file);
    await stale.append(note("m1", "mine"));
    rmSync(`${file}.lock`);
    const next = await opened(t, file);
    assert.ok(next.epoch > stale.epoch);
    await next.append(note("m1", "theirs"));
    const late = [note("m1", "stale"), note("m2", "stale", "k")].map((draft) =>
      stale.append(draft),
    );
    for (const append of late)
      await assert.rejects(append, problem("log-fenced"));
    await assert.rejects(
      stale.append(note("m1", "again")),
      problem("log-fenced"),
    );
    await next.append(note("m1", "the stale writer stands in nobody's way"));
    assert.equal(next.head(), 3);
    assert.deepEqual(next.verify(), []);
  });

  it("when its file was moved or deleted, because what it acknowledged would be gone", async (t) => {
    const file = logFile(t);
    const moved = await opened(t, file);
    renameSync(file, `${file}.elsewhere`);
    await assert.rejects(
      moved.append(note("m1", "lost")),
      problem("log-fenced"),
    );
  });

  it("when its file was replaced, and the new file's epoch is higher all the same", async (t) => {
    const file = logFile(t);
    const first = await opened(t, file);
    await first.append(note("m1", "old"));
    await first.dispose();
    for (const part of ["", "-wal", "-shm"])
      rmSync(file + part, { force: true });
    const second = await opened(t, file);
    assert.ok(second.epoch > first.epoch);
    assert.equal(second.head(), 0);
  });
});
