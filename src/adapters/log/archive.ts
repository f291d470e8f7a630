/**
 * Closed missions go from the log into files. Each step may be the last one: a file without a record is written anew next time, and a
 * record is made together with the deletion, when the file is on disk and was read back.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RoundtableError } from "../../core/errors.ts";
import type { Clock } from "../../ports.ts";
import type { DataOf } from "../../protocol/event.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import { describe, headerOf } from "./exportLog.ts";
import type { Keeping } from "./keeping.ts";
import type { Row } from "./row.ts";
import { COLUMNS, fromRow } from "./row.ts";
import { shelfOf, shelve } from "./shelf.ts";

/** A log that can let go of missions, as `openLog` gives it. */
export interface KeptLog {
  readonly place: string;
  keeping(): Keeping;
}

/** Which closed missions stay in the log. Both 0 keeps all. */
export interface Retention {
  /** Those that ended in the last so many days; 0 = all. */
  readonly keepDays: number;
  /** As many as fit into so many MiB, the oldest go first; 0 = all. */
  readonly keepMegabytes: number;
}

/** What was archived. */
export type ArchivedMission = DataOf<"MissionArchived">;

/** How far the archiving of one mission has come, for those who watch it. */
export type ArchiveStep = "written" | "recorded" | "givenBack";

interface ClosedMission {
  readonly mission: string;
  readonly closedSeq: number;
}

/** Pages given back at a time: a few milliseconds. */
const PAGES = 256;
const DAY_MS = 86_400_000;
/** What has only just ended may still have a last word to come: size alone does not move it, ms. */
const REST_MS = 3_600_000;

/**
 * Moves closed missions that need not be kept any longer from the log to `archive/` beside it, the oldest first. Open missions and
 * conversations with outside clients stay. Stops after the mission at hand when `signal` is aborted. Rejects with the log's own problems.
 */
export async function archiveMissions(
  log: KeptLog,
  { keepDays, keepMegabytes }: Retention,
  options: {
    readonly clock: Clock;
    readonly signal?: AbortSignal;
    readonly onStep?: (step: ArchiveStep) => void;
  },
): Promise<readonly ArchivedMission[]> {
  const { clock, signal, onStep = () => undefined } = options;
  const keeping = log.keeping();
  const done: ArchivedMission[] = [];
  const before = keepDays === 0 ? -Infinity : clock.now() - keepDays * DAY_MS;
  const room = keepMegabytes === 0 ? Infinity : keepMegabytes * 2 ** 20;
  for (const mission of keeping.read(closedMissions)) {
    if (signal?.aborted === true) break;
    const closed = keeping.read((db) => closedAt(db, mission));
    const rests = closed < clock.now() - REST_MS;
    const tooMuch = rests && keeping.read(liveBytes) > room;
    if (closed >= before && !tooMuch) break;
    done.push(await archiveOne(log, mission.mission, clock.now(), onStep));
  }
  return done;
}

async function archiveOne(
  log: KeptLog,
  missionId: string,
  at: number,
  onStep: (step: ArchiveStep) => void,
): Promise<ArchivedMission> {
  const keeping = log.keeping();
  const rows = keeping.read((db) => rowsOf(db, missionId));
  const mission = describe(missionId, rows, log.place);
  const first = rows[0];
  const last = rows.at(-1);
  if (mission === undefined || first === undefined || last === undefined)
    throw new Error(`mission ${missionId} has no events`);
  const { name, sha256 } = await shelve(
    shelfOf(log.place, "archive"),
    headerOf(log.place, at, [mission]),
    rows,
  );
  onStep("written");
  const record: ArchivedMission = {
    missionId,
    firstSeq: first.seq,
    lastSeq: last.seq,
    events: rows.length,
    tip: last.hash,
    file: name,
    sha256,
  };
  keeping.move(
    [
      {
        missionId: HUB_STREAM,
        type: "MissionArchived",
        data: record,
        by: "hub",
      },
    ],
    (db) => {
      takeOut(db, record);
    },
  );
  onStep("recorded");
  while (keeping.read(giveBack)) await nextTurn();
  onStep("givenBack");
  return record;
}

/** Inside the transaction that records it. */
function takeOut(db: DatabaseSync, record: ArchivedMission): void {
  const { missionId, firstSeq, lastSeq, events, tip } = record;
  const now = db
    .prepare("SELECT COUNT(*) AS events FROM events WHERE mission = ?")
    .get(missionId);
  // Something was said after the file was written: it must not go with the rest.
  if (now?.["events"] !== events) throw movedOn(missionId);
  db.prepare("INSERT OR REPLACE INTO archived VALUES (?, ?, ?, ?, ?)").run(
    missionId,
    firstSeq,
    lastSeq,
    events,
    tip,
  );
  db.prepare("DELETE FROM events WHERE mission = ?").run(missionId);
}

function closedMissions(db: DatabaseSync): readonly ClosedMission[] {
  return db
    .prepare(
      "SELECT mission, closed_seq AS closedSeq FROM missions WHERE closed_seq IS NOT NULL ORDER BY closed_seq",
    )
    .all() as unknown as ClosedMission[];
}

function closedAt(db: DatabaseSync, { closedSeq }: ClosedMission): number {
  const row = db
    .prepare(`SELECT ${COLUMNS} FROM events WHERE seq = ?`)
    .get(closedSeq) as unknown as Row | undefined;
  return (row === undefined ? undefined : fromRow(row))?.at ?? Infinity;
}

function rowsOf(db: DatabaseSync, missionId: string): readonly Row[] {
  return db
    .prepare(`SELECT ${COLUMNS} FROM events WHERE mission = ? ORDER BY seq`)
    .all(missionId) as unknown as Row[];
}

/** Bytes of the file that hold something. */
function liveBytes(db: DatabaseSync): number {
  const number = (name: string): number =>
    Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
  return (
    (number("page_count") - number("freelist_count")) * number("page_size")
  );
}

/** Gives some free pages back to the disk; true while there are more. A file from before archives keeps them for new events. */
function giveBack(db: DatabaseSync): boolean {
  const free = (): number =>
    Number(db.prepare("PRAGMA freelist_count").get()?.["freelist_count"]);
  const before = free();
  if (before === 0) return false;
  db.exec(`PRAGMA incremental_vacuum(${String(PAGES)})`);
  const after = free();
  return after > 0 && after < before;
}

function movedOn(missionId: string): RoundtableError {
  return new RoundtableError(
    "log-archived",
    `Mission ${missionId} went on while it was being archived.`,
    "It stays in the log as it is, and nothing was lost; it is tried again later.",
  );
}

/** Removes the file of a mission that is back in the log. */
export async function forgetArchive(
  place: string,
  name: string,
): Promise<void> {
  await rm(join(shelfOf(place, "archive"), name), { force: true });
}
