import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RoundtableError } from "../../core/errors.ts";
import { isProblem } from "../../core/errors.ts";
import type { Clock } from "../../ports.ts";
import { finishRepair, isSound, keepDamagedWal, repair } from "./damage.ts";
import type { Lock } from "./lock.ts";
import { takeLock } from "./lock.ts";
import { createPrivate } from "./privateFile.ts";
import { needsExclusive, prepare, sqliteVersion } from "./schema.ts";
import { SqliteLog } from "./sqliteLog.ts";
import { isDamage, logDamaged, translate } from "./sqliteTrouble.ts";
import { Store } from "./store.ts";

const RETRY_MS = 50;
const BUSY_MS = 5000;

export interface LogOptions {
  /** Where the log is; next to it lie `-wal`, `-shm` and `.lock`. */
  readonly file: string;
  readonly clock: Clock;
  /** Told when the log was damaged and repaired, and when a listener threw. */
  readonly onProblem?: (problem: RoundtableError) => void;
  /** Told after each commit how long it took, fsync included, ms; it must be quick and may not throw. */
  readonly onCommit?: (tookMs: number) => void;
  /** Goes on asking for the lock until aborted, for a window that is just closing; without it a held lock is `log-busy` at once. */
  readonly waitUntil?: AbortSignal;
  /** Holds the log's own file exclusively too, as is always done with an SQLite that needs it. */
  readonly exclusive?: boolean;
  /** Most pages of 4 KiB the file may have; beyond it the disk counts as full. */
  readonly maxPages?: number;
}

/**
 * Opens the log for writing, alone. Rejects with `log-busy` while another process has it, `log-too-new`, `sqlite-too-old`. A damaged
 * file is set aside and what can be read of it goes on in a new one; see `onProblem`.
 */
export async function openLog(options: LogOptions): Promise<SqliteLog> {
  for (;;)
    try {
      return openNow({ ...options, file: resolve(options.file) });
    } catch (error) {
      if (!isProblem(error, "log-busy") || options.waitUntil === undefined)
        throw error;
      const ended = await options.clock.after(RETRY_MS, options.waitUntil).then(
        () => false,
        () => true,
      );
      if (ended) throw error;
    }
}

function openNow(options: LogOptions): SqliteLog {
  const { file, clock, onProblem = () => undefined } = options;
  const lock = takeLock(file);
  try {
    finishRepair(file);
    const cut = keepDamagedWal(file);
    const { store, epoch, repaired } = openOrRepair(options, lock);
    for (const problem of [cut, repaired])
      if (problem !== undefined) onProblem(problem);
    const { onCommit } = options;
    return new SqliteLog({
      ...{ store, lock, clock, file, epoch, onProblem },
      ...(onCommit && { onCommit }),
    });
  } catch (error) {
    lock.release();
    throw translate(error, file);
  }
}

function openOrRepair(
  options: LogOptions,
  lock: Lock,
): { store: Store; epoch: number; repaired?: RoundtableError } {
  try {
    return openStore(options, lock);
  } catch (error) {
    if (!isDamage(error) && !isProblem(error, "log-corrupt")) throw error;
    const repaired = repair(options.file);
    return { ...openStore(options, lock), repaired };
  }
}

function openStore(
  options: LogOptions,
  lock: Lock,
): { store: Store; epoch: number } {
  const { file, maxPages } = options;
  createPrivate(file);
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    const exclusive =
      options.exclusive === true || needsExclusive(sqliteVersion(db));
    prepare(db, {
      exclusive,
      ...(maxPages === undefined ? {} : { maxPages }),
    });
    if (!isSound(db, file)) throw logDamaged(file);
    const epoch = becomeWriter(db, lock);
    // While opening, a held file is reported at once; later, only a backup tool can stand in the way, and not for long.
    db.exec(`PRAGMA busy_timeout = ${String(BUSY_MS)}`);
    return { store: new Store(db, file, epoch), epoch };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** From here on every other writer is stale. The lock's copy of the epoch survives the loss of the log itself. */
function becomeWriter(db: DatabaseSync, lock: Lock): number {
  const last = Number(db.prepare("SELECT epoch FROM writer").get()?.["epoch"]);
  const epoch = Math.max(last, lock.epoch) + 1;
  lock.raise(epoch);
  db.prepare("UPDATE writer SET epoch = ?, closed_at_seq = NULL").run(epoch);
  return epoch;
}
