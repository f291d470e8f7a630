import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { checkDraft } from "../../../src/adapters/log/draft.ts";
import { seal } from "../../../src/adapters/log/seal.ts";
import type { Draft, Recorded } from "../../../src/protocol/event.ts";
import { note } from "../../contract/eventLog.ts";
import { logFile, opened, problem } from "./fixture.ts";

/** The tables of version 1, word for word as they were released. */
const VERSION_1 = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    mission TEXT NOT NULL,
    key TEXT,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_mission ON events (mission);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_key ON events (mission, key) WHERE key IS NOT NULL;
  CREATE TRIGGER IF NOT EXISTS events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
  CREATE TRIGGER IF NOT EXISTS events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
  CREATE TABLE IF NOT EXISTS writer (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO writer (one, epoch) VALUES (1, 0);
  PRAGMA user_version = 1;
`;

const DRAFTS: readonly Draft[] = [
  {
    missionId: "ctx",
    type: "TaskSubmitted",
    data: {
      taskId: "t1",
      contextId: "ctx",
      agentId: "dev",
      from: "client",
      message: { messageId: "m1", role: "ROLE_USER", parts: [{ text: "go" }] },
    },
    by: "client",
    key: "task:client:dev:m1",
  },
  {
    missionId: "ctx",
    type: "MessageSent",
    data: {
      from: "client",
      to: "dev",
      message: {
        messageId: "m2",
        taskId: "t1",
        role: "ROLE_USER",
        parts: [{ text: "and" }],
      },
    },
    by: "client",
  },
  {
    missionId: "ctx",
    type: "TaskStatusChanged",
    data: { taskId: "t1", status: { state: "TASK_STATE_COMPLETED" } },
    by: "dev",
  },
  note("ctx", "not of the task"),
];

/** A log as version 1 left it, with the {@link DRAFTS}. */
function writtenByVersion1(t: TestContext): {
  readonly file: string;
  readonly events: readonly Recorded[];
} {
  const file = logFile(t);
  const db = new DatabaseSync(file);
  db.exec(
    `PRAGMA journal_mode = WAL; ${VERSION_1} UPDATE writer SET epoch = 7`,
  );
  const events: Recorded[] = [];
  for (const [i, draft] of DRAFTS.entries()) {
    const prevHash = events.at(-1)?.hash ?? "";
    const place = { seq: i + 1, at: 1000 + i, epoch: 7, prevHash };
    const { event, body } = seal(checkDraft(draft), place);
    db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)").run(
      event.seq,
      event.missionId,
      event.key ?? null,
      event.type,
      body,
      event.hash,
    );
    events.push(event);
  }
  db.close();
  return { file, events };
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
