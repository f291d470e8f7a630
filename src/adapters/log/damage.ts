/** What happens to a damaged log: it is set aside whole, and what can still be read goes on in a new file. */
import {
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { isWalDamaged } from "../../core/walDamage.ts";
import { createPrivate } from "./privateFile.ts";
import type { Archived } from "./archived.ts";
import { readArchived } from "./archived.ts";
import { project } from "./project.ts";
import type { Row } from "./row.ts";
import { COLUMNS, fromRow, INSERT, values } from "./row.ts";
import { createTables } from "./schema.ts";
import { freeName, setAside } from "./setAside.ts";
import { isDamage, logDamaged } from "./sqliteTrouble.ts";

// Events at the end are what a crash or a dying disk hits first; checking all events of a long history at each start would take seconds.
const LAST_CHECKED = 256;
const LAST_CHECKED_AFTER_CRASH = 5000;
/** Events read here and there in the rest, so that a file that lost its pages does not pass for whole. */
const PROBES = 64;
// Structure is checked in full up to 64 MiB, which takes about 100 ms; `roundtable log check` reads files of any size from end to end.
const CHECKED_IN_FULL = 64 * 2 ** 20;

/** Four times what a WAL usually is; reading 64 MiB takes about 100 ms. */
const MOST_WAL_BYTES = 256 * 2 ** 20;

/** Remembers that `file` is damaged, so that the next start repairs it, and makes the error to throw now. */
export function markDamaged(file: string): RoundtableError {
  writeFileSync(`${file}.damaged`, "", { mode: 0o600 });
  return logDamaged(file);
}

/**
 * Whether the file may be gone on with. The work is bounded however long the history is: a small file's structure is checked in full,
 * a large one's by probes; the last events must be what was stored, more of them when the last writer was not able to close the log.
 * Whatever else is damaged is found by its hash when it is read.
 */
export function isSound(db: DatabaseSync, file: string): boolean {
  if (existsSync(`${file}.damaged`)) return false;
  const number = (sql: string): number =>
    Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
  const bytes = number("PRAGMA page_count") * number("PRAGMA page_size");
  const head = number("SELECT MAX(seq) FROM events");
  if (bytes <= CHECKED_IN_FULL) {
    const check = db.prepare("PRAGMA quick_check(1)").get();
    if (check?.["quick_check"] !== "ok") return false;
  } else if (!areWhole(db, probes(head))) return false;
  const closedAt = number("SELECT closed_at_seq FROM writer");
  const count = closedAt >= head ? LAST_CHECKED : LAST_CHECKED_AFTER_CRASH;
  return areWhole(db, [{ from: head - count + 1, count }]);
}

interface Stretch {
  readonly from: number;
  readonly count: number;
}

function probes(head: number): readonly Stretch[] {
  return Array.from({ length: PROBES }, (_, i) => ({
    from: Math.floor((head * i) / PROBES),
    count: 1,
  }));
}

/** Row by row, so that a long stretch takes no memory. */
function areWhole(db: DatabaseSync, stretches: readonly Stretch[]): boolean {
  const read = db.prepare(
    `SELECT ${COLUMNS} FROM events WHERE seq >= ? ORDER BY seq LIMIT ?`,
  );
  for (const { from, count } of stretches) {
    const rows = read.iterate(
      from,
      count,
    ) as Iterable<unknown> as Iterable<Row>;
    for (const row of rows) if (fromRow(row) === undefined) return false;
  }
  return true;
}

/** Ends a repair that a crash cut short. To be called before the file is opened, with the lock held. */
export function finishRepair(file: string): void {
  rmSync(`${file}.rebuilding`, { force: true });
  if (!existsSync(`${file}.rebuilt`)) return;
  if (existsSync(file)) setAside(file);
  adopt(file);
}

/** Sets the damaged file aside, saves what can be read of it to a new one, and says so. With the lock held and the file closed. */
export function repair(file: string): RoundtableError {
  const saved = rebuild(file);
  const aside = setAside(file);
  adopt(file);
  return new RoundtableError(
    "log-corrupt",
    `The log of this workspace was damaged on disk; ${String(saved)} events could be read and were saved.`,
    `Work goes on with those; the damaged file is kept at ${aside}.`,
  );
}

/** Keeps a WAL whose frames are damaged, and says so: SQLite goes on without what came after them. With the lock held, before the file is opened. */
export function keepDamagedWal(file: string): RoundtableError | undefined {
  const size = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || size > MOST_WAL_BYTES) return undefined;
  if (!isWalDamaged(readFileSync(`${file}-wal`))) return undefined;
  const aside = `${freeName(file)}-wal`;
  copyFileSync(`${file}-wal`, aside, constants.COPYFILE_EXCL);
  return new RoundtableError(
    "log-corrupt",
    "The newest part of the log of this workspace was damaged on disk; events stored shortly before the hub last ended may be missing.",
    `Work goes on with what is before them; the damaged part is kept at ${aside}.`,
  );
}

function adopt(file: string): void {
  renameSync(`${file}.rebuilt`, file);
  rmSync(`${file}.damaged`, { force: true });
}

/** Only when it is complete does the new file get the name that `finishRepair` trusts. */
function rebuild(file: string): number {
  const draft = `${file}.rebuilding`;
  createPrivate(draft);
  const target = new DatabaseSync(draft);
  let saved = 0;
  try {
    // As in a new log: pages that archiving frees can be given back.
    target.exec("PRAGMA auto_vacuum = INCREMENTAL");
    createTables(target);
    const insert = target.prepare(INSERT.replace("INSERT", "INSERT OR IGNORE"));
    target.exec("BEGIN");
    for (const row of readable(file)) {
      const event = fromRow(row);
      if (event !== undefined)
        saved += Number(insert.run(...values(event, row.body)).changes);
    }
    for (const gone of archivedIn(file))
      target
        .prepare("INSERT OR IGNORE INTO archived VALUES (?, ?, ?, ?, ?)")
        .run(
          gone.mission,
          gone.first_seq,
          gone.last_seq,
          gone.events,
          gone.tip,
        );
    project(target);
    target.exec("COMMIT");
  } finally {
    target.close();
  }
  renameSync(draft, `${file}.rebuilt`);
  return saved;
}

/** Rows from both ends up to where reading fails. */
function* readable(file: string): Iterable<Row> {
  const db = new DatabaseSync(file);
  try {
    for (const order of ["ASC", "DESC"])
      try {
        yield* db
          .prepare(`SELECT ${COLUMNS} FROM events ORDER BY seq ${order}`)
          .iterate() as Iterable<unknown> as Iterable<Row>;
        return;
      } catch (error) {
        // Only damage is expected here; a table that is gone is damage too.
        if (!isDamage(error) && !isMissingTable(error)) throw error;
      }
  } finally {
    db.close();
  }
}

/** What the damaged file still says of archives: without it their gaps would look like loss. */
function archivedIn(file: string): readonly Archived[] {
  const db = new DatabaseSync(file);
  try {
    return readArchived(db);
  } catch (error) {
    if (!isDamage(error) && !isMissingTable(error)) throw error;
    return [];
  } finally {
    db.close();
  }
}

function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("no such");
}
