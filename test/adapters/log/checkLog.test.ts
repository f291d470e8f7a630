import assert from "node:assert/strict";
import {
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { backUpLog } from "../../../src/adapters/log/backUpLog.ts";
import { checkAll } from "../../../src/adapters/log/checkLog.ts";
import { readLog } from "../../../src/adapters/log/readLog.ts";
import { repairLog } from "../../../src/adapters/log/repairLog.ts";
import {
  logFile,
  nextLine,
  opened,
  problem,
  startWriter,
  tamper,
} from "./fixture.ts";
import { wholeMission } from "./missions.ts";

async function check(file: string) {
  const reader = readLog(file);
  try {
    return await checkAll(reader);
  } finally {
    await reader.dispose();
  }
}

/** A closed log with two missions of six events, to which `sql` was done behind its back. */
async function tampered(t: TestContext, sql: string): Promise<string> {
  const file = logFile(t);
  const log = await opened(t, file);
  await wholeMission(log, "m1");
  await wholeMission(log, "m2");
  await log.dispose();
  tamper(file, sql);
  return file;
}

describe("checking a log", () => {
  it("finds nothing wrong with a sound one, while it is written", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await wholeMission(log, "m1");
    const { events, missions, problems } = await check(file);
    assert.deepEqual([events, missions, problems], [6, 1, []]);
  });

  for (const [what, sql, says] of [
    [
      "a changed word",
      "UPDATE events SET body = replace(body, 'planner', 'plonker') WHERE seq = 2",
      /^Mission m1, event 2 \(MessageSent\): its content is not what its hash is of$/,
    ],
    [
      "an event put in the place of another",
      "UPDATE events SET body = (SELECT body FROM events WHERE seq = 9), hash = (SELECT hash FROM events WHERE seq = 9) WHERE seq = 4",
      /^Mission m1, event 4 /,
    ],
    [
      "an event taken out",
      "DELETE FROM events WHERE seq = 9",
      /Mission m2, event 10: it does not follow the event before it/,
    ],
    [
      "a mission taken out, which no archive has",
      "DELETE FROM events WHERE mission = 'm1'",
      /^Events from number 1 on are missing, and no archive has them$/,
    ],
  ] as const)
    it(`names the mission and the event of ${what}, and changes nothing`, async (t) => {
      const file = await tampered(t, sql);
      const before = readFileSync(file);
      const { problems } = await check(file);
      assert.match(problems[0] ?? "", says);
      assert.deepEqual(readFileSync(file), before);
      assert.equal(existsSync(`${file}.damaged`), false);
    });

  it("tells of a file whose end is missing", async (t) => {
    const file = await tampered(t, "");
    truncateSync(file, 6 * 4096);
    const { problems } = await check(file).catch((error: unknown) => {
      problem("log-corrupt")(error);
      return { problems: ["SQLite: "] };
    });
    assert.match(problems[0] ?? "", /^SQLite: /);
  });
});

describe("repairing a log", () => {
  it("sets a damaged one aside, goes on with what can be read, and is done then", async (t) => {
    const file = await tampered(
      t,
      "UPDATE events SET body = replace(body, 'planner', 'plonker') WHERE seq = 2",
    );
    const done = await repairLog(file, systemClock);
    assert.match(done?.message ?? "", /11 events could be read/);
    assert.ok(existsSync(`${file}.corrupt-1`));
    const log = await opened(t, file);
    assert.equal(log.head(), 12);
    assert.equal(
      log
        .keeping()
        .read((db) => db.prepare("PRAGMA auto_vacuum").get()?.["auto_vacuum"]),
      2,
      "it gives pages back to the disk as a new one does",
    );
  });

  it("does nothing to a sound one, nor makes one, nor takes one from its writer", async (t) => {
    const file = await tampered(t, "");
    assert.equal(await repairLog(file, systemClock), undefined);
    assert.equal(existsSync(`${file}.corrupt-1`), false);
    await assert.rejects(
      repairLog(`${file}.none`, systemClock),
      problem("log-missing"),
    );
    await opened(t, file);
    await assert.rejects(repairLog(file, systemClock), problem("log-busy"));
  });
});

describe("backing up a log", () => {
  it("copies it whole while another process writes, as of one moment, into one sound file", async (t) => {
    const file = logFile(t);
    const writer = startWriter(t, file, 8);
    await nextLine(writer);
    let seq = 0;
    for (let acks = 0; acks < 200; acks += 1)
      seq = Math.max(seq, Number((await nextLine(writer)).split(" ")[0]));
    const target = join(dirname(file), "backup.db");
    const { events } = await backUpLog(file, target);
    assert.ok(events >= seq, "with everything that was acknowledged");
    await nextLine(writer);

    const { problems, events: copied } = await check(target);
    assert.deepEqual([problems, copied], [[], events]);
    assert.deepEqual(
      readdirSync(dirname(file)).filter((name) => name.startsWith("backup")),
      ["backup.db"],
    );
    const again = await opened(t, target);
    assert.equal(again.head(), events, "it can be worked with");
  });

  it("writes over nothing, and keeps no copy that is not sound", async (t) => {
    const file = await tampered(
      t,
      "UPDATE events SET body = replace(body, 'planner', 'plonker') WHERE seq = 2",
    );
    const target = `${file}.copy`;
    await assert.rejects(backUpLog(file, target), problem("log-corrupt"));
    assert.equal(existsSync(target), false);
    writeFileSync(target, "mine");
    await assert.rejects(backUpLog(file, target), problem("bad-intent"));
    assert.equal(readFileSync(target, "utf8"), "mine");
  });
});
