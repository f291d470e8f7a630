import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { needsExclusive } from "../../../src/adapters/log/schema.ts";
import { note, textOf } from "../../contract/eventLog.ts";
import { logFile, opened, openedWithProblems, problem } from "./fixture.ts";

describe("a full disk", () => {
  it("refuses what does not fit, keeps all before, and stores again when there is space", async (t) => {
    const file = logFile(t);
    const small = await opened(t, file, { maxPages: 24 });
    await small.append(note("m1", "before"));
    const heard: string[] = [];
    small.subscribe((events) => heard.push(...events.map(textOf)));
    const huge = note("m1", "x".repeat(200_000));
    await assert.rejects(
      small.appendAll([note("m1", "with it"), huge]),
      problem("log-full"),
    );
    assert.equal(small.head(), 1);
    assert.deepEqual(small.mission("m1").map(textOf), ["before"]);
    assert.deepEqual(heard, []);

    assert.equal((await small.append(note("m1", "small"))).seq, 2);
    await small.dispose();

    const grown = await opened(t, file);
    assert.equal((await grown.append(huge)).seq, 3);
    assert.deepEqual(grown.verify(), []);
  });
});

describe("the file", () => {
  it("can be read by its owner only, and so can all that lies next to it", async (t) => {
    const file = join(dirname(logFile(t)), "new", "folder", "log.db");
    const log = await opened(t, file);
    await log.append(note("m1", "secret"));
    for (const part of ["", "-wal", "-shm", ".lock"])
      assert.equal(statSync(file + part).mode & 0o777, 0o600, part);
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
    assert.equal(log.place, file);
  });

  it("of a newer version is refused and left as it is", async (t) => {
    const file = logFile(t);
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 99");
    db.close();
    await assert.rejects(
      openLog({ file, clock: systemClock }),
      problem("log-too-new"),
    );
    const after = new DatabaseSync(file);
    assert.equal(
      after.prepare("PRAGMA user_version").get()?.["user_version"],
      99,
    );
    after.close();
  });

  it("where it cannot be, is a problem with something to do", async () => {
    await assert.rejects(
      openLog({ file: "/dev/null/log.db", clock: systemClock }),
      problem("internal"),
    );
  });

  it("is held exclusively by every SQLite before 3.51.3", () => {
    for (const old of ["3.7.0", "3.46.1", "3.50.4", "3.51.2", "2.8.17"])
      assert.ok(needsExclusive(old), old);
    for (const fixed of ["3.51.3", "3.52.0", "3.53.4", "4.0.0"])
      assert.ok(!needsExclusive(fixed), fixed);
  });
});

describe("a listener that throws", () => {
  it("does not stop the others, the append, or the next commit, and is reported", async (t) => {
    const { log, problems } = await openedWithProblems(t, logFile(t));
    const heard: string[] = [];
    log.subscribe(() => {
      throw new Error("broken view");
    });
    log.subscribe((events) => heard.push(...events.map(textOf)));
    await log.append(note("m1", "a"));
    await log.append(note("m1", "b"));
    assert.deepEqual(heard, ["a", "b"]);
    assert.equal(problems.length, 2);
    assert.match(problems[0]?.message ?? "", /broken view/);
  });
});

describe("group commit", () => {
  it("appends of one turn are told as one commit, many rows as several", async (t) => {
    const log = await opened(t, logFile(t));
    const commits: number[] = [];
    log.subscribe((events) => commits.push(events.length));
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => log.append(note("m1", String(i)))),
    );
    assert.deepEqual(commits, [100]);
    await Promise.all(
      Array.from({ length: 1100 }, (_, i) => log.append(note("m1", String(i)))),
    );
    assert.deepEqual(commits, [100, 512, 512, 76]);
  });
});
