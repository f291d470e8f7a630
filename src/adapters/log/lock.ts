/**
 * The right to write: a small database next to the log, held exclusively as long as this process lives. The lock is the kernel's, so
 * it ends with the process, however that ends. Nothing but SQLite may open the file: closing any other handle would drop the lock.
 */
import { DatabaseSync } from "node:sqlite";
import { createPrivate } from "./privateFile.ts";
import { setAside } from "./setAside.ts";
import { isBusy, isDamage, logBusy, translate } from "./sqliteTrouble.ts";

/** A held lock. `epoch` is the highest epoch a writer had so far. */
export interface Lock {
  readonly epoch: number;
  /** Remembers a new highest epoch, on disk. */
  raise(epoch: number): void;
  release(): void;
}

/** Takes the lock of `file` now, or fails with `log-busy`. */
export function takeLock(file: string): Lock {
  try {
    return hold(file);
  } catch (error) {
    if (isBusy(error)) throw logBusy(file, error);
    if (!isDamage(error)) throw translate(error, file);
    // Nothing in it but a number the log holds too; the epoch fences whoever might still hold the old file.
    setAside(`${file}.lock`);
    return hold(file);
  }
}

function hold(file: string): Lock {
  createPrivate(`${file}.lock`);
  const db = new DatabaseSync(`${file}.lock`, { timeout: 0 });
  try {
    // In this mode the lock stays after COMMIT, until the connection closes.
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      BEGIN EXCLUSIVE;
      CREATE TABLE IF NOT EXISTS writer (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL) STRICT;
      INSERT INTO writer (one, epoch) VALUES (1, 0) ON CONFLICT DO UPDATE SET epoch = epoch;
      COMMIT;
    `);
    const epoch = Number(
      db.prepare("SELECT epoch FROM writer").get()?.["epoch"],
    );
    return {
      epoch,
      raise(next) {
        db.prepare("UPDATE writer SET epoch = ?").run(next);
      },
      release() {
        db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
