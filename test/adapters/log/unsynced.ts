import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { prepare } from "../../../src/adapters/log/schema.ts";
import { SqliteLog } from "../../../src/adapters/log/sqliteLog.ts";
import { Store } from "../../../src/adapters/log/store.ts";
import type { EventLog } from "../../../src/ports.ts";

/** The control: the same log with `synchronous = NORMAL`, so that commits reach the kernel and not the disk. */
export function openUnsynced(file: string): EventLog {
  const db = new DatabaseSync(file);
  prepare(db, { exclusive: false });
  db.exec("PRAGMA synchronous = NORMAL");
  return new SqliteLog({
    store: new Store(db, file, 0),
    lock: { epoch: 0, raise: () => undefined, release: () => undefined },
    clock: systemClock,
    file,
    epoch: 0,
    onProblem: (problem) => {
      throw problem;
    },
  });
}
