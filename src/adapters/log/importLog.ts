import { join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { LogFileHeader, LogFileMission } from "../../protocol/logFile.ts";
import type { Row } from "./row.ts";
import { partsIn, rowsIn, shelfName, shelfOf, shelve } from "./shelf.ts";

/** What became of each mission in the file. */
export interface Imported {
  readonly missionId: string;
  readonly goal: string | null;
  readonly events: number;
  /** `here`: it was here already, with the same events. `longer`: the copy that was here ended earlier. */
  readonly how: "new" | "here" | "longer";
}

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
  const { header, missions } = await readAll(path);
  const plan: { readonly mission: LogFileMission; how: Imported["how"] }[] = [];
  for (const mission of header.missions)
    plan.push({
      mission,
      how: await compare(
        file,
        mission,
        missions.get(mission.missionId) ?? [],
        ownRows,
      ),
    });
  for (const { mission, how } of plan)
    if (how !== "here")
      await shelve(
        shelfOf(file, "imported"),
        { ...header, events: mission.events, missions: [mission] },
        missions.get(mission.missionId) ?? [],
      );
  return plan.map(({ mission: { missionId, goal, events }, how }) => ({
    missionId,
    goal,
    events,
    how,
  }));
}

async function readAll(path: string): Promise<{
  readonly header: LogFileHeader;
  readonly missions: ReadonlyMap<string, readonly Row[]>;
}> {
  const missions = new Map<string, Row[]>();
  let header: LogFileHeader | undefined;
  for await (const part of partsIn(path))
    if (part.kind === "header") header = part.header;
    else {
      const rows = missions.get(part.row.mission);
      if (rows === undefined) missions.set(part.row.mission, [part.row]);
      else rows.push(part.row);
    }
  if (header === undefined)
    throw new RoundtableError(
      "bad-log-file",
      `${path} holds nothing.`,
      "Nothing was imported. Ask for the file anew.",
    );
  return { header, missions };
}

/** A mission may be here already: what both have must be the same. */
async function compare(
  file: string,
  { missionId }: LogFileMission,
  theirs: readonly Row[],
  ownRows: (missionId: string) => Iterable<Row>,
): Promise<Imported["how"]> {
  const own = [...ownRows(missionId)];
  if (own.length > 0) {
    // A copy of our own mission, up to some moment of it.
    if (own.length < theirs.length) throw otherEvents(missionId);
    refuseOther(missionId, own, theirs);
    return "here";
  }
  for (const shelf of ["archive", "imported"] as const) {
    const kept = await keptIn(join(shelfOf(file, shelf), shelfName(missionId)));
    if (kept === undefined) continue;
    refuseOther(missionId, kept, theirs);
    if (kept.length >= theirs.length) return "here";
    if (shelf === "archive") throw otherEvents(missionId);
    return "longer";
  }
  return "new";
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

function refuseOther(
  missionId: string,
  here: readonly Row[],
  theirs: readonly Row[],
): void {
  const common = Math.min(here.length, theirs.length);
  // Each hash covers the one before it, so the last common one speaks for all.
  if (here[common - 1]?.hash !== theirs[common - 1]?.hash)
    throw otherEvents(missionId);
}

function otherEvents(missionId: string): RoundtableError {
  return new RoundtableError(
    "bad-log-file",
    `Mission ${missionId} is here already, with other events than the file has.`,
    "Nothing was imported, and the mission that is here stays as it is.",
  );
}
