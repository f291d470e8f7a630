import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { readLog } from "../../../src/adapters/log/readLog.ts";
import { note } from "../../contract/eventLog.ts";
import {
  logFile,
  nextLine,
  opened,
  problem,
  startWriter,
  tamper,
} from "./fixture.ts";
import { wholeMission } from "./missions.ts";

describe("reading a log", () => {
  it("goes on while another process writes, and sees what is acknowledged", async (t) => {
    const file = logFile(t);
    const writer = startWriter(t, file, 8);
    assert.match(await nextLine(writer), /^open 1$/);
    const [seq, hash] = (await nextLine(writer)).split(" ");
    const log = readLog(file);
    t.after(() => log.dispose());
    assert.equal(log.read({ after: Number(seq) - 1, limit: 1 })[0]?.hash, hash);
    assert.deepEqual([...log.missions()].sort(), ["m0", "m1", "m2"]);
    const [later] = (await nextLine(writer)).split(" ");
    assert.ok(log.head() >= Number(later), "and what comes later too");
  });

  it("takes nothing from the writer: it goes on, and another reader as well", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await wholeMission(log, "m1");
    const readers = [readLog(file), readLog(file)];
    for (const reader of readers) {
      assert.deepEqual(reader.mission("m1"), log.mission("m1"));
      await reader.dispose();
      await reader.dispose();
    }
    await log.append(note("m1", "after"));
    assert.equal(log.verify().length, 0);
    await assert.rejects(opened(t, file), problem("log-busy"));
  });

  it("held, stays at one moment whatever is written meanwhile", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await log.append(note("m1", "before"));
    const reader = readLog(file);
    t.after(() => reader.dispose());
    reader.hold();
    await log.append(note("m1", "after"));
    assert.equal(reader.head(), 1);
    assert.equal(reader.mission("m1").length, 1);
    assert.equal(log.head(), 2);
  });

  it("alone, as an old SQLite has to, says who is in the way, and keeps writers out until it is done", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await wholeMission(log, "m1");
    assert.throws(() => readLog(file, { alone: true }), problem("log-busy"));
    await log.dispose();
    const reader = readLog(file, { alone: true });
    await assert.rejects(opened(t, file), problem("log-busy"));
    assert.equal(reader.mission("m1").length, 6);
    await reader.dispose();
    await opened(t, file);
  });

  it("neither makes a file nor changes one", async (t) => {
    const file = logFile(t);
    assert.throws(() => readLog(file), problem("log-missing"));
    assert.deepEqual(readdirSync(dirname(file)), []);

    const log = await opened(t, file);
    await wholeMission(log, "m1");
    await log.dispose();
    const before = readFileSync(file);
    chmodSync(file, 0o400);
    const reader = readLog(file);
    assert.equal(reader.missions().length, 1);
    await reader.dispose();
    assert.deepEqual(readFileSync(file), before);
    assert.equal(existsSync(`${file}.damaged`), false);
  });

  it("reads a log that only version 1 has written, as it is", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await wholeMission(log, "m1");
    await log.dispose();
    const db = new DatabaseSync(file);
    db.exec(
      "DROP TRIGGER archived_are_forgotten; DROP TABLE archived; PRAGMA user_version = 1",
    );
    db.close();
    const reader = readLog(file);
    assert.equal(reader.mission("m1").length, 6);
    assert.deepEqual(reader.archived(), []);
    await reader.dispose();
  });

  it("refuses what a newer Roundtable wrote, tells of damage, and takes an empty file for an empty log", async (t) => {
    const file = logFile(t);
    writeFileSync(file, "");
    const empty = readLog(file);
    assert.deepEqual(
      [empty.missions(), empty.head(), [...empty.rows()]],
      [[], 0, []],
    );
    await empty.dispose();

    const log = await opened(t, file);
    await log.append(note("m1", "one"));
    await log.dispose();
    tamper(file, "UPDATE events SET body = replace(body, 'one', 'two')");
    const reader = readLog(file);
    assert.throws(() => reader.mission("m1"), problem("log-corrupt"));
    await reader.dispose();

    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 99");
    db.close();
    assert.throws(() => readLog(file), problem("log-too-new"));
  });
});
