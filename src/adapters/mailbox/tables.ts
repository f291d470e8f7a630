/** The mailboxes' file: which tables it has, and how a connection to it behaves. */
import type { DatabaseSync } from "node:sqlite";
import { randomInt } from "node:crypto";
import { RoundtableError } from "../../core/errors.ts";

/** Version of the tables, kept in `user_version`. */
const SCHEMA_VERSION = 1;

/** Tables in the order a repair copies them, each with the columns it is read in order by. */
export const TABLES: Readonly<Record<string, string>> = {
  meta: "name",
  mailboxes: "no",
  lasting: "name",
  dead_letters: "no",
  seen_runs: "run",
  seen_filters: "no",
  seen: "run, chunk",
  journal: "n",
  bodies: "n",
};

const CREATE = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY, crc INTEGER NOT NULL, entries BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS bodies (n INTEGER PRIMARY KEY, crc INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS mailboxes (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS lasting (name TEXT PRIMARY KEY, topics TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS dead_letters (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL,
    failures TEXT NOT NULL,
    header TEXT NOT NULL,
    payload BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS seen_runs (run INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS seen_filters (no INTEGER PRIMARY KEY, run INTEGER NOT NULL, part INTEGER NOT NULL, bits BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS seen_filters_by_run ON seen_filters (run, part);
  CREATE TABLE IF NOT EXISTS seen (run INTEGER NOT NULL, chunk INTEGER NOT NULL, keys BLOB NOT NULL, PRIMARY KEY (run, chunk)) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${String(SCHEMA_VERSION)};
`;

// 8 KiB: fewer system calls for a commit of many letters than with 4, and little more to write for a commit of one.
const PAGE_BYTES = 8192;
// 16 MB between checkpoints. What was settled meanwhile is never copied: its pages are in use again.
const CHECKPOINT_PAGES = 2048;
const WAL_BYTES = 64 * 2 ** 20;
const CACHE_KIB = 16_384;

/**
 * Makes the connection keep the promises and creates what is missing. The file is held exclusively until the connection ends, however
 * that ends: the lock is the kernel's. Throws `mailbox-too-new` before anything is changed.
 */
export function prepare(db: DatabaseSync, maxPages?: number): void {
  // Must come before the first access in WAL mode; see https://sqlite.org/wal.html#noshm
  db.exec(
    `PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = ${String(PAGE_BYTES)};`,
  );
  refuseNewer(db);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA cell_size_check = ON;
    PRAGMA wal_autocheckpoint = ${String(CHECKPOINT_PAGES)};
    PRAGMA journal_size_limit = ${String(WAL_BYTES)};
    PRAGMA cache_size = -${String(CACHE_KIB)};
  `);
  createTables(db);
  if (maxPages !== undefined)
    db.exec(`PRAGMA max_page_count = ${String(maxPages)}`);
}

/** Creates what is missing of the tables; a new store gets a secret of its own, so that nobody can make keys that look alike to it. */
export function createTables(db: DatabaseSync): void {
  db.exec(`BEGIN IMMEDIATE; ${CREATE}`);
  const secret = db.prepare(
    "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)",
  );
  for (const name of ["secret1", "secret2"])
    secret.run(name, randomInt(2 ** 32));
  db.exec("COMMIT");
}

/** A number kept by name, 0 when there is none. */
export function metaOf(db: DatabaseSync, name: string): number {
  const row = db.prepare("SELECT value FROM meta WHERE name = ?").get(name);
  return Number(row?.["value"] ?? 0);
}

/** Keeps a number by name. */
export function setMeta(db: DatabaseSync, name: string, value: number): void {
  db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)").run(
    name,
    value,
  );
}

function refuseNewer(db: DatabaseSync): void {
  const version = Number(
    db.prepare("PRAGMA user_version").get()?.["user_version"],
  );
  if (version > SCHEMA_VERSION)
    throw new RoundtableError(
      "mailbox-too-new",
      `These mailboxes were written by a newer Roundtable: their tables have version ${String(version)}, this one knows ${String(SCHEMA_VERSION)}.`,
      "Nothing was changed; update Roundtable and start the hub again.",
    );
}
