import { join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { LogFileHeader, LogFileMission } from "../../protocol/logFile.ts";
import type { Row } from "./row.ts";
import {
  headerIn,
  partsIn,
  rowsIn,
  shelfName,
  shelfOf,
  shelve,
} from "./shelf.ts";

/** What became of each mission in the file. */
export interface Imported {
  readonly missionId: string;
  readonly goal: string | null;
  readonly events: number;
  /** `here`: it was here already, with the same events. `longer`: the copy that was here ended earlier. */
  readonly how: "new" | "here" | "longer";
}

/** Events held at a time; a longer mission is held alone. */
const HELD = 50_000;

/**
 * Takes missions from a file beside the log `file`, to be read and replayed; they never become missions of this hub. The whole file is
 * checked first: `bad-log-file` names the line that does not fit, and a mission that is here with other events; then nothing was taken.
 * Doing it again changes nothing. `ownRows` gives the rows of a mission in the log itself.
 */
export async function importLog(
  file: string,
  path: string,
  ownRows: (missionId: string) => Iterable<Row>,
): Promise<readonly Imported[]> {
  const header = await headerIn(path);
  const plan: Planned[] = [];
  for (const mission of header.missions)
    plan.push(await compare(file, mission, ownRows));
  await checkWhole(path, plan);
  for (const batch of batches(plan.filter(({ how }) => how !== "here")))
    await take(file, path, header, batch);
  return plan.map(({ mission: { missionId, goal, events }, how }) => ({
    missionId,
    goal,
    events,
    how,
  }));
}

/** What is to be done with a mission, and what must be so for that: its event number `common` has this hash. */
interface Planned {
  readonly mission: LogFileMission;
  readonly how: Imported["how"];
  readonly common: number;
  readonly hash: string;
}

/** A mission may be here already: what both have must be the same. */
async function compare(
  file: string,
  mission: LogFileMission,
  ownRows: (missionId: string) => Iterable<Row>,
): Promise<Planned> {
  const { missionId, events } = mission;
  const planned = (
    how: Imported["how"],
    here: readonly Pick<Row, "hash">[],
  ): Planned => {
    const common = Math.min(here.length, events);
    return { mission, how, common, hash: here[common - 1]?.hash ?? "" };
  };
  const own = Array.from(ownRows(missionId), ({ hash }) => ({ hash }));
  if (own.length > 0) {
    // A copy of our own mission, up to some moment of it.
    if (own.length < events) throw otherEvents(missionId);
    return planned("here", own);
  }
  for (const shelf of ["archive", "imported"] as const) {
    const kept = await keptIn(join(shelfOf(file, shelf), shelfName(missionId)));
    if (kept === undefined) continue;
    if (kept.length >= events) return planned("here", kept);
    if (shelf === "archive") throw otherEvents(missionId);
    return planned("longer", kept);
  }
  return planned("new", []);
}

/** Reads the file to its end; whatever does not fit ends it. */
async function checkWhole(
  path: string,
  plan: readonly Planned[],
): Promise<void> {
  const wanted = new Map(plan.map((one) => [one.mission.missionId, one]));
  const seen = new Map<string, number>();
  for await (const part of partsIn(path)) {
    if (part.kind === "header") continue;
    const { mission, hash } = part.row;
    const n = (seen.get(mission) ?? 0) + 1;
    seen.set(mission, n);
    const one = wanted.get(mission);
    // Each hash covers the one before it, so the last common one speaks for all.
    if (one?.common === n && one.hash !== hash) throw otherEvents(mission);
  }
}

/** Missions that are held at once. */
function* batches(plan: readonly Planned[]): Iterable<readonly Planned[]> {
  let batch: Planned[] = [];
  let held = 0;
  for (const one of plan) {
    if (held > 0 && held + one.mission.events > HELD) {
      yield batch;
      batch = [];
      held = 0;
    }
    batch.push(one);
    held += one.mission.events;
  }
  if (batch.length > 0) yield batch;
}

async function take(
  file: string,
  path: string,
  header: LogFileHeader,
  batch: readonly Planned[],
): Promise<void> {
  const rows = new Map<string, Row[]>(
    batch.map(({ mission }) => [mission.missionId, []]),
  );
  for await (const part of partsIn(path))
    if (part.kind === "row") rows.get(part.row.mission)?.push(part.row);
  for (const { mission } of batch)
    await shelve(
      shelfOf(file, "imported"),
      { ...header, events: mission.events, missions: [mission] },
      rows.get(mission.missionId) ?? [],
    );
}

async function keptIn(path: string): Promise<readonly Row[] | undefined> {
  try {
    return await rowsIn(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return undefined;
    throw error;
  }
}

function otherEvents(missionId: string): RoundtableError {
  return new RoundtableError(
    "bad-log-file",
    `Mission ${missionId} is here already, with other events than the file has.`,
    "Nothing was imported, and the mission that is here stays as it is.",
  );
}
