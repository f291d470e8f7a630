import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { Recorded } from "../../../src/protocol/event.ts";
import { note } from "../../contract/eventLog.ts";
import { logFile, opened, problem } from "./fixture.ts";
import { DRAFTS, writeVersion1 } from "./version1.ts";

/** A log as version 1 left it, with the {@link DRAFTS}. */
function writtenByVersion1(t: TestContext): {
  readonly file: string;
  readonly events: readonly Recorded[];
} {
  const file = logFile(t);
  return { file, events: writeVersion1(file) };
}

describe("a log of version 1", () => {
  it("is read and gone on with, and its tasks are known", async (t) => {
    const { file, events } = writtenByVersion1(t);
    const log = await opened(t, file);
    assert.deepEqual(log.read({}), events);
    assert.ok(log.epoch > 7);
    const { state, openedSeq, statusSeq } = log.task("t1") ?? {};
    assert.deepEqual(
      [state, openedSeq, statusSeq],
      ["TASK_STATE_COMPLETED", 1, 3],
    );
    assert.deepEqual(
      log.read({ taskId: "t1" }).map(({ seq }) => seq),
      [1, 2, 3],
    );
    await log.append(note("ctx", "goes on"));
    assert.deepEqual(log.verify(), []);
  });

  it("with an event that is no JSON is brought up to date all the same", async (t) => {
    const { file } = writtenByVersion1(t);
    const db = new DatabaseSync(file);
    db.exec(
      "DROP TRIGGER events_never_change; UPDATE events SET body = 'x' WHERE seq = 2",
    );
    db.close();
    const log = await opened(t, file);
    assert.equal(log.read({}).length, DRAFTS.length - 1);
  });

  it("stays one of version 1 when bringing it up to date fails half way", async (t) => {
    const { file } = writtenByVersion1(t);
    await assert.rejects(opened(t, file, { maxPages: 6 }), problem("log-full"));
    const db = new DatabaseSync(file);
    assert.equal(db.prepare("PRAGMA user_version").get()?.["user_version"], 1);
    const columns = db.prepare("PRAGMA table_info(events)").all();
    assert.equal(columns.length, 6);
    db.close();
    const log = await opened(t, file);
    assert.equal(log.read({}).length, DRAFTS.length);
  });
});
