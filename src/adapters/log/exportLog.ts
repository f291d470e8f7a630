import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { RoundtableError } from "../../core/errors.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { LogFileHeader, LogFileMission } from "../../protocol/logFile.ts";
import { linesOf } from "./logFile.ts";
import type { LogReader } from "./readLog.ts";
import type { Row } from "./row.ts";
import { fromRow } from "./row.ts";
import { logDamaged } from "./sqliteTrouble.ts";

/** What was written. */
export interface Exported {
  readonly missions: number;
  readonly events: number;
}

/**
 * Writes missions and conversations of the log to `sink` as JSON Lines: one, or all when `missionId` is left out. Facts about the hub
 * itself are not part of it. Rejects with `bad-intent` when there is no such mission; then nothing was written.
 */
export async function exportLog(
  log: LogReader,
  options: {
    readonly missionId?: string;
    /** ms since 1970, for the header. */
    readonly at: number;
  },
  sink: Writable,
): Promise<Exported> {
  log.hold();
  const { missionId, at } = options;
  const missions = (missionId === undefined ? log.missions() : [missionId])
    .map((id) => describe(id, log.rows(id), log.place))
    .filter((mission) => mission !== undefined);
  if (missionId !== undefined && missions.length === 0)
    throw new RoundtableError(
      "bad-intent",
      `There is no mission "${missionId}" in the log ${log.place}.`,
      "Nothing was written; `roundtable log` lists the missions.",
    );
  const header = headerOf(log.place, at, missions);
  const rows =
    missionId === undefined ? allButHub(log.rows()) : log.rows(missionId);
  await pipeline(Readable.from(linesOf(header, rows)), sink);
  return { missions: missions.length, events: header.events };
}

/** Like {@link exportLog}, into a file that is complete once it has its name. A file of that name is replaced where `replace`, else `bad-intent`. */
export async function exportToFile(
  log: LogReader,
  options: {
    readonly missionId?: string;
    readonly at: number;
    readonly replace: boolean;
  },
  target: string,
): Promise<Exported> {
  const path = resolve(target);
  if (!options.replace && existsSync(path))
    throw new RoundtableError(
      "bad-intent",
      `There is a file at ${path} already.`,
      "Nothing was written; name a file that does not exist yet.",
    );
  const draft = `${path}.writing`;
  const sink = createWriteStream(draft, { mode: 0o600, flush: true });
  try {
    const exported = await exportLog(log, options, sink);
    await rename(draft, path);
    return exported;
  } catch (error) {
    sink.destroy();
    // A file that is still being opened would come to be after it was removed.
    await finished(sink).catch(() => undefined);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The header of a file with these missions of the log at `place`. */
export function headerOf(
  place: string,
  at: number,
  missions: readonly LogFileMission[],
): LogFileHeader {
  return {
    format: "roundtable-log",
    version: 1,
    hub: hubOf(place),
    at,
    events: missions.reduce((sum, { events }) => sum + events, 0),
    missions: [...missions],
  };
}

/** What the rows of one mission are, for a header; undefined where there are none. `log-corrupt` where the first or last is not what was stored. */
export function describe(
  missionId: string,
  rows: Iterable<Row>,
  place: string,
): LogFileMission | undefined {
  let first: Row | undefined;
  let last: Row | undefined;
  let events = 0;
  for (const row of rows) {
    first ??= row;
    last = row;
    events += 1;
  }
  if (first === undefined || last === undefined) return undefined;
  const opening = fromRow(first);
  if (opening === undefined || fromRow(last) === undefined)
    throw logDamaged(place);
  const mission = opening.type === "MissionOpened" ? opening.data : undefined;
  return {
    missionId,
    goal: mission?.goal ?? null,
    kind: mission?.kind ?? null,
    openedAt: opening.at,
    events,
    tip: last.hash,
  };
}

function* allButHub(rows: Iterable<Row>): Iterable<Row> {
  for (const row of rows) if (row.mission !== HUB_STREAM) yield row;
}

/** Stands for this log on this machine and tells nothing of either. */
function hubOf(place: string): string {
  return createHash("sha256")
    .update(`${hostname()}\n${place}`)
    .digest("hex")
    .slice(0, 16);
}
