/** What happens to a damaged file: it is set aside whole, and what can still be read goes on in a new one. */
import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { crc32 } from "node:zlib";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { isWalDamaged } from "../../core/walDamage.ts";
import { makePrivate } from "./privateFile.ts";
import { createTables, TABLES } from "./tables.ts";
import { isDamage } from "./trouble.ts";

const PARTS = ["-journal", "-shm", "-wal", ""];

/** Sixteen times what a WAL usually is. */
const MOST_WAL_BYTES = 256 * 2 ** 20;

type Row = Record<string, unknown>;

/** Ends a repair that a crash cut short; to be called before the file is opened. */
export function finishRepair(file: string): void {
  rmSync(`${file}.rebuilding`, { force: true });
  if (!existsSync(`${file}.rebuilt`)) return;
  if (existsSync(file)) setAside(file);
  renameSync(`${file}.rebuilt`, file);
}

/**
 * Looks at the WAL before the file is opened: SQLite goes on without what comes after a damaged frame. Returns what to call once the file
 * is ours, which keeps the damaged WAL and says so; undefined where nothing is wrong.
 */
export function findDamagedWal(
  file: string,
): (() => RoundtableError) | undefined {
  const size = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || size > MOST_WAL_BYTES) return undefined;
  const wal = readFileSync(`${file}-wal`);
  if (!isWalDamaged(wal)) return undefined;
  return () => {
    const aside = `${freeName(file)}-wal`;
    writeFileSync(aside, wal, { flag: "wx", mode: 0o600 });
    return new RoundtableError(
      "mailbox-corrupt",
      "The newest part of the mailboxes of this workspace was damaged on disk; messages stored shortly before the hub last ended may be missing.",
      `Delivery goes on with what came before them; the damaged part is kept at ${aside}. Senders may send theirs again.`,
    );
  };
}

/** Sets the closed file aside, saves what can be read of it to a new one, and says so. */
export function repair(file: string): RoundtableError {
  rebuild(file);
  const aside = setAside(file);
  renameSync(`${file}.rebuilt`, file);
  return new RoundtableError(
    "mailbox-corrupt",
    "The mailboxes of this workspace were damaged on disk; what could be read was saved.",
    `Delivery goes on with that, some of it perhaps again; the damaged file is kept at ${aside}.`,
  );
}

function rebuild(file: string): void {
  const draft = `${file}.rebuilding`;
  makePrivate(draft);
  const target = new DatabaseSync(draft);
  try {
    createTables(target);
    // The secrets of the old file are those its keys were hashed with.
    target.exec("DELETE FROM meta; BEGIN");
    for (const [table, order] of Object.entries(TABLES))
      for (const row of readable(file, table, order))
        if (isWhole(table, row)) insert(target, table, row);
    target.exec("COMMIT");
    createTables(target);
  } finally {
    target.close();
  }
  renameSync(draft, `${file}.rebuilt`);
}

/** Rows from both ends up to where reading fails. */
function* readable(file: string, table: string, order: string): Iterable<Row> {
  const db = new DatabaseSync(file);
  try {
    for (const direction of ["ASC", "DESC"])
      try {
        const by = order.replaceAll(/\w+/g, `$& ${direction}`);
        yield* db.prepare(`SELECT * FROM ${table} ORDER BY ${by}`).iterate();
        return;
      } catch (error) {
        // Only damage is expected here; a table that is gone is damage too.
        if (!isDamage(error) && !isMissingTable(error)) throw error;
      }
  } finally {
    db.close();
  }
}

function isWhole(table: string, row: Row): boolean {
  const bytes = table === "journal" ? row["entries"] : row["bytes"];
  return !(bytes instanceof Uint8Array) || crc32(bytes) === row["crc"];
}

function insert(target: DatabaseSync, table: string, row: Row): void {
  const names = Object.keys(row);
  target
    .prepare(
      `INSERT OR IGNORE INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
    )
    .run(...(Object.values(row) as SQLInputValue[]));
}

function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("no such");
}

/** `FILE.corrupt-N` with the first N from 1 that nothing has yet. */
function freeName(file: string): string {
  let n = 1;
  while (
    PARTS.some((part) => existsSync(`${file}.corrupt-${String(n)}${part}`))
  )
    n += 1;
  return `${file}.corrupt-${String(n)}`;
}

/** Renames a file and what SQLite keeps next to it to {@link freeName}; returns the new name. */
function setAside(file: string): string {
  const aside = freeName(file);
  for (const part of PARTS)
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}
