import type { DatabaseSync } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { forgetArchive, type KeptLog } from "./archive.ts";
import type { Archived } from "./archived.ts";
import { openProjection } from "./project.ts";
import type { Row } from "./row.ts";
import { fromRow, INSERT, values } from "./row.ts";
import { rowsIn, shelfName } from "./shelf.ts";

/** What came back. */
export interface Restored {
  readonly missionId: string;
  readonly events: number;
}

/**
 * Brings an archived mission of this log back into it, at its old places and with its old hashes, and removes the archive's own file.
 * Rejects with `bad-log-file` for a file that is damaged, or not an archive of this log; then nothing was changed.
 */
export async function restoreMission(
  log: KeptLog,
  path: string,
): Promise<Restored> {
  const rows = await rowsIn(path);
  const missionId = rows[0]?.mission ?? "";
  if (rows.some(({ mission }) => mission !== missionId))
    throw notOurs(path, "it holds more than one mission");
  const keeping = log.keeping();
  keeping.move([], (db) => {
    const record = db
      .prepare("SELECT * FROM archived WHERE mission = ?")
      .get(missionId) as unknown as Archived | undefined;
    if (record === undefined)
      throw notOurs(path, "this log has archived no such mission");
    if (record.tip !== rows.at(-1)?.hash || record.events !== rows.length)
      throw notOurs(path, "the mission that was archived has other events");
    putBack(db, missionId, rows);
  });
  await forgetArchive(log.place, shelfName(missionId));
  return { missionId, events: rows.length };
}

function putBack(
  db: DatabaseSync,
  missionId: string,
  rows: readonly Row[],
): void {
  const insert = db.prepare(INSERT);
  const events = rows.flatMap((row) => {
    const event = fromRow(row);
    if (event === undefined) return [];
    insert.run(...values(event, row.body));
    return [event];
  });
  db.prepare("DELETE FROM archived WHERE mission = ?").run(missionId);
  openProjection(db).apply(events);
}

function notOurs(path: string, why: string): RoundtableError {
  return new RoundtableError(
    "bad-log-file",
    `${path} cannot be brought back: ${why}.`,
    "Nothing was changed. `roundtable log import` takes missions of other hubs, to be read and replayed.",
  );
}
