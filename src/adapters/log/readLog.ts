import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { upcast } from "../../core/events.ts";
import type { EventLog, Lifetime } from "../../ports.ts";
import type { EventType, Recorded } from "../../protocol/event.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { Archived } from "./archived.ts";
import { readArchived } from "./archived.ts";
import type { Lock } from "./lock.ts";
import { takeLock } from "./lock.ts";
import type { Row } from "./row.ts";
import { COLUMNS, fromRow } from "./row.ts";
import { needsExclusive, SCHEMA_VERSION, sqliteVersion } from "./schema.ts";
import { logDamaged, translate } from "./sqliteTrouble.ts";

const BUSY_MS = 5000;
const SELECT = `SELECT ${COLUMNS} FROM events`;

/** A log that somebody else may be writing. Reads see whole commits. */
export interface LogReader
  extends Lifetime, Pick<EventLog, "read" | "mission" | "head" | "place"> {
  /** Ids of all missions and conversations whose events are in the file, oldest first. */
  missions(): readonly string[];
  /** Rows as they are stored, in order, unchecked; of one stream or of all, the hub's included. */
  rows(stream?: string): Iterable<Row>;
  /** Facts of one type about the hub itself, in order. */
  ofHub(type: EventType): readonly Recorded[];
  /** Missions whose events are in an archive instead. */
  archived(): readonly Archived[];
  /** From here on every read is of this moment, whatever is written meanwhile. */
  hold(): void;
  /** What SQLite finds wrong with the file; empty when it is sound. */
  damage(): readonly string[];
}

/**
 * Opens the log for reading, beside a writer too; the file is neither made nor changed. Rejects with `log-missing`, `log-too-new`,
 * and with `log-busy` where this SQLite is too old to read beside a writer and there is one.
 */
export function readLog(
  path: string,
  options: {
    /** Keeps writers out for as long as it reads, as is always done with an SQLite that needs it. */
    readonly alone?: boolean;
  } = {},
): LogReader {
  const file = resolve(path);
  if (!existsSync(file)) throw logMissing(file);
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  let lock: Lock | undefined;
  const close = (): void => {
    db.close();
    lock?.release();
  };
  try {
    // Before 3.51.3 two connections can damage a WAL, so the right to write keeps the other one out.
    if (options.alone === true || needsExclusive(sqliteVersion(db)))
      lock = takeLock(file);
    refuseNewer(db);
    return readerOf(db, file, close);
  } catch (error) {
    close();
    throw translate(error, file);
  }
}

function readerOf(
  db: DatabaseSync,
  place: string,
  close: () => void,
): LogReader {
  // A writer that was stopped while it made the file leaves one without tables.
  const empty = !hasTable(db, "events");
  let open = true;

  const reading = <R>(nothing: R, read: () => R): R => {
    if (empty) return nothing;
    try {
      return read();
    } catch (error) {
      throw translate(error, place);
    }
  };
  const events = (
    sql: string,
    ...parameters: readonly SQLInputValue[]
  ): readonly Recorded[] =>
    reading([], () =>
      (db.prepare(sql).all(...parameters) as unknown as Row[]).map((row) => {
        const event = fromRow(row);
        if (event === undefined) throw logDamaged(place);
        return upcast(event);
      }),
    );

  return {
    place,
    read: ({ missionId, after = 0, limit = 1000 }) =>
      missionId === undefined
        ? events(`${SELECT} WHERE seq > ? ORDER BY seq LIMIT ?`, after, limit)
        : events(
            `${SELECT} WHERE mission = ? AND seq > ? ORDER BY seq LIMIT ?`,
            missionId,
            after,
            limit,
          ),
    mission: (missionId) =>
      events(`${SELECT} WHERE mission = ? ORDER BY seq`, missionId),
    missions: () =>
      reading([], () =>
        db
          .prepare(
            "SELECT mission FROM events WHERE mission <> ? GROUP BY mission ORDER BY MIN(seq)",
          )
          .all(HUB_STREAM)
          .map((row) => String(row["mission"])),
      ),
    head: () =>
      reading(0, () =>
        Number(
          db.prepare("SELECT MAX(seq) AS head FROM events").get()?.["head"] ??
            0,
        ),
      ),
    rows: (stream) =>
      reading([], () =>
        stream === undefined
          ? (db
              .prepare(`${SELECT} ORDER BY seq`)
              .iterate() as Iterable<unknown> as Iterable<Row>)
          : (db
              .prepare(`${SELECT} WHERE mission = ? ORDER BY seq`)
              .iterate(stream) as Iterable<unknown> as Iterable<Row>),
      ),
    ofHub: (type) =>
      events(
        `${SELECT} WHERE mission = ? AND type = ? ORDER BY seq`,
        HUB_STREAM,
        type,
      ),
    archived: () =>
      // A log that only older versions have written has no such table.
      reading([], () => (hasTable(db, "archived") ? readArchived(db) : [])),
    hold: () => {
      db.exec("BEGIN");
      // The moment is that of the first read.
      db.prepare("SELECT 1 FROM sqlite_master").get();
    },
    damage: () =>
      db
        .prepare("PRAGMA integrity_check")
        .all()
        .map((row) => String(row["integrity_check"]))
        .filter((line) => line !== "ok"),
    dispose: () => {
      if (open) {
        open = false;
        close();
      }
      return Promise.resolve();
    },
  };
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return (
    db.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !==
    undefined
  );
}

function refuseNewer(db: DatabaseSync): void {
  const version = Number(
    db.prepare("PRAGMA user_version").get()?.["user_version"],
  );
  if (version > SCHEMA_VERSION)
    throw new RoundtableError(
      "log-too-new",
      `This log was written by a newer Roundtable: its tables have version ${String(version)}, this one knows ${String(SCHEMA_VERSION)}.`,
      "Nothing was changed; update Roundtable and look again.",
    );
}

/** There is no log where one was looked for. */
export function logMissing(file: string): RoundtableError {
  return new RoundtableError(
    "log-missing",
    `There is no log at ${file}.`,
    "Nothing was made. It begins with the first mission; --file names another log, such as that of an editor.",
  );
}
