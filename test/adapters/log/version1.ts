/** Logs as version 1 left them. */
import { DatabaseSync } from "node:sqlite";
import { checkDraft } from "../../../src/adapters/log/draft.ts";
import { seal } from "../../../src/adapters/log/seal.ts";
import type { Draft, Recorded } from "../../../src/protocol/event.ts";
import { note } from "../../contract/eventLog.ts";

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

/** What such a log holds. */
export const DRAFTS: readonly Draft[] = [
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

/** Writes a log as version 1 left it, with the {@link DRAFTS}; returns its events. */
export function writeVersion1(file: string): readonly Recorded[] {
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
  return events;
}
