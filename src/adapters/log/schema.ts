/** The log's file: which tables it has, and how a connection to it behaves. */
import type { DatabaseSync } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { project } from "./project.ts";
import { isRare } from "./row.ts";

/** Version of the tables, kept in `user_version`; the events have a version of their own. */
export const SCHEMA_VERSION = 2;

// `body` is the very text the hash is of, so a check compares bytes; the other columns repeat members of it for the indexes.
// `events` is the truth. `missions` follows from it in the same transaction, `tasks` up to `writer.projected_seq`; `snapshots` are worth nothing but time.
// `archived` names the missions whose events went into an archive: only theirs may be deleted, and only up to `last_seq`.
const TABLES = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    mission TEXT NOT NULL,
    key TEXT,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    task TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_mission ON events (mission);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_key ON events (mission, key) WHERE key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS events_by_task ON events (task) WHERE task IS NOT NULL;
  CREATE INDEX IF NOT EXISTS events_by_type ON events (type, mission) WHERE ${isRare("type")};
  CREATE TABLE IF NOT EXISTS archived (
    mission TEXT PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    events INTEGER NOT NULL,
    tip TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tasks (
    opened_seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    context TEXT NOT NULL,
    agent TEXT NOT NULL,
    addressed TEXT NOT NULL,
    sender TEXT NOT NULL,
    takeovers INTEGER NOT NULL,
    state TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    status_seq INTEGER NOT NULL,
    status_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS tasks_by_status ON tasks (status_seq);
  CREATE TABLE IF NOT EXISTS missions (
    opened_seq INTEGER PRIMARY KEY,
    mission TEXT NOT NULL UNIQUE,
    closed_seq INTEGER,
    outcome TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS missions_open ON missions (opened_seq) WHERE closed_seq IS NULL;
  CREATE TABLE IF NOT EXISTS snapshots (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER IF NOT EXISTS events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
  CREATE TRIGGER IF NOT EXISTS events_never_go BEFORE DELETE ON events
    WHEN NOT EXISTS (SELECT 1 FROM archived WHERE mission = old.mission AND last_seq >= old.seq)
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
  CREATE TRIGGER IF NOT EXISTS archived_are_forgotten AFTER INSERT ON archived BEGIN
    DELETE FROM tasks WHERE opened_seq IN (SELECT seq FROM events WHERE mission = new.mission AND type = 'TaskSubmitted');
    DELETE FROM missions WHERE mission = new.mission;
    DELETE FROM snapshots WHERE key = new.mission;
  END;
  CREATE TABLE IF NOT EXISTS writer (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    closed_at_seq INTEGER,
    projected_seq INTEGER
  ) STRICT;
  INSERT OR IGNORE INTO writer (one, epoch) VALUES (1, 0);
  PRAGMA user_version = ${String(SCHEMA_VERSION)};
`;

// Events get their task, and the trigger learns of archives.
const FROM_1 = `
  ALTER TABLE events ADD COLUMN task TEXT;
  ALTER TABLE writer ADD COLUMN closed_at_seq INTEGER;
  ALTER TABLE writer ADD COLUMN projected_seq INTEGER;
  DROP TRIGGER IF EXISTS events_never_change;
  DROP TRIGGER IF EXISTS events_never_go;
  UPDATE events SET task = json_extract(body, CASE type WHEN 'MessageSent' THEN '$.data.message.taskId' ELSE '$.data.taskId' END)
    WHERE type IN ('TaskSubmitted', 'TaskStatusChanged', 'TaskArtifactAdded', 'MessageSent') AND json_valid(body);
`;

// 10,000 pages of 4 KiB: a checkpoint every 40 MB keeps the 99th percentile of a commit at 1.5 ms instead of 14.
const CHECKPOINT_PAGES = 10_000;
/** Conversations are spread over the indexes: with room for their pages, storing reads none of them again. */
const CACHE_KIB = 16 * 1024;
const WAL_BYTES = 64 * 2 ** 20;

/** SQLite before 3.51.3 can corrupt a WAL that two connections write or checkpoint at once (https://sqlite.org/wal.html#walresetbug). */
export function needsExclusive(sqliteVersion: string): boolean {
  const [major = 0, minor = 0, patch = 0] = sqliteVersion
    .split(".")
    .map(Number);
  return major !== 3 ? major < 3 : minor !== 51 ? minor < 51 : patch < 3;
}

/** Version of the SQLite in this process. */
export function sqliteVersion(db: DatabaseSync): string {
  return String(
    db.prepare("SELECT sqlite_version() AS version").get()?.["version"],
  );
}

/**
 * Makes the connection keep the log's promises and creates the tables. Rejects with `log-too-new` before anything is changed, and
 * with `sqlite-too-old` where `exclusive` is needed but the file cannot be held.
 */
export function prepare(
  db: DatabaseSync,
  options: { readonly exclusive: boolean; readonly maxPages?: number },
): void {
  // Must come before the first access in WAL mode: then SQLite keeps the WAL index in its own memory, and nobody else can take part.
  if (options.exclusive) {
    const mode = db.prepare("PRAGMA locking_mode = EXCLUSIVE").get();
    if (mode?.["locking_mode"] !== "exclusive") throw tooOld(sqliteVersion(db));
  }
  refuseNewer(db);
  // The first of them counts only while the file is empty: pages that archiving frees can then be given back.
  db.exec(`
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA cell_size_check = ON;
    PRAGMA cache_size = -${String(CACHE_KIB)};
    PRAGMA wal_autocheckpoint = ${String(CHECKPOINT_PAGES)};
    PRAGMA journal_size_limit = ${String(WAL_BYTES)};
  `);
  if (options.maxPages !== undefined)
    db.exec(`PRAGMA max_page_count = ${String(options.maxPages)}`);
  createTables(db);
}

/** Creates what is missing of the tables; those of an older version are brought up to date, all or nothing. */
export function createTables(db: DatabaseSync): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const old = versionOf(db) === 1;
    if (old) db.exec(FROM_1);
    db.exec(TABLES);
    if (old) project(db);
    db.exec("COMMIT");
  } catch (error) {
    // On a full disk SQLite may have rolled back by itself.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function refuseNewer(db: DatabaseSync): void {
  const version = versionOf(db);
  if (version > SCHEMA_VERSION)
    throw new RoundtableError(
      "log-too-new",
      `This log was written by a newer Roundtable: its tables have version ${String(version)}, this one knows ${String(SCHEMA_VERSION)}.`,
      "Nothing was changed; update Roundtable and open the log again.",
    );
}

function tooOld(version: string): RoundtableError {
  return new RoundtableError(
    "sqlite-too-old",
    `SQLite ${version} can damage a log that is not held exclusively, and this disk does not let us hold it.`,
    "Nothing was changed; update VS Code or Node, or keep the workspace storage on a local disk.",
  );
}
