/** What happens to a damaged file: it is set aside whole, and what can still be read goes on in a new one. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { crc32 } from "node:zlib";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { makePrivate } from "./privateFile.ts";
import { createTables, TABLES } from "./tables.ts";
import { isDamage } from "./trouble.ts";

const PARTS = ["-journal", "-shm", "-wal", ""];

type Row = Record<string, unknown>;

/** Ends a repair that a crash cut short; to be called before the file is opened. */
export function finishRepair(file: string): void {
  rmSync(`${file}.rebuilding`, { force: true });
  if (!existsSync(`${file}.rebuilt`)) return;
  if (existsSync(file)) setAside(file);
  renameSync(`${file}.rebuilt`, file);
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

/** Renames a file and what SQLite keeps next to it to `FILE.corrupt-N`, N from 1; returns the new name. */
function setAside(file: string): string {
  let n = 1;
  while (
    PARTS.some((part) => existsSync(`${file}.corrupt-${String(n)}${part}`))
  )
    n += 1;
  const aside = `${file}.corrupt-${String(n)}`;
  for (const part of PARTS)
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}
