import type { DatabaseSync } from "node:sqlite";

/** Does `act` all or not at all; resolves to what it returns once that is on disk. */
export function inTransaction<R>(db: DatabaseSync, act: () => R): R {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = act();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // On a full disk SQLite may have rolled back by itself.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
