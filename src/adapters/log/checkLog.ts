import { HUB_STREAM } from "../../protocol/event.ts";
import { isProblem } from "../../core/errors.ts";
import type { LogReader } from "./readLog.ts";
import type { Row } from "./row.ts";
import { fromRow } from "./row.ts";
import { digestOf, rowsIn, shelved } from "./shelf.ts";
import { isDamage } from "./sqliteTrouble.ts";
import { findBroken } from "./verify.ts";

/** What is wrong, in sentences; none when everything is sound. */
export interface LogCheck {
  readonly events: number;
  readonly missions: number;
  /** Files of archived and imported missions that were read whole. */
  readonly files: number;
  readonly problems: readonly string[];
  /** Whether something in the file cannot be read as it was stored. What is merely missing no repair brings back. */
  readonly damaged: boolean;
}

/**
 * Checks the whole log: SQLite's structure, the hash of every event, its link to the one before in its mission, and the order without
 * gaps but those of archived missions.
 */
export function checkLog(log: LogReader): LogCheck {
  const problems: string[] = [];
  const missions = new Set<string>();
  let events = 0;
  let damaged = 0;
  const counted = function* (rows: Iterable<Row>): Iterable<Row> {
    for (const row of rows) {
      events += 1;
      missions.add(row.mission);
      if (fromRow(row) === undefined)
        problems.push(
          `Mission ${row.mission}, event ${String(row.seq)} (${row.type}): its content is not what its hash is of`,
        );
      yield row;
    }
    damaged = problems.length;
  };
  try {
    log.hold();
    problems.push(...log.damage().map((line) => `SQLite: ${line}`));
    for (const { missionId, seq } of findBroken(
      counted(log.rows()),
      log.archived(),
    ))
      if (missionId === "")
        problems.push(
          `Events from number ${String(seq)} on are missing, and no archive has them`,
        );
      else if (!problems.some((line) => line.includes(`event ${String(seq)} `)))
        problems.push(
          `Mission ${missionId}, event ${String(seq)}: it does not follow the event before it`,
        );
  } catch (error) {
    if (!isDamage(error) && !isProblem(error, "log-corrupt")) throw error;
    damaged += 1;
    problems.push(
      `SQLite: the file cannot be read beyond ${String(events)} events`,
    );
  }
  missions.delete(HUB_STREAM);
  return {
    events,
    missions: missions.size,
    files: 0,
    problems,
    damaged: damaged > 0,
  };
}

/** Like {@link checkLog}, and every file of archived and imported missions beside the log. */
export async function checkAll(log: LogReader): Promise<LogCheck> {
  const check = checkLog(log);
  const problems = [...check.problems];
  const digests = new Map<string, string>();
  for (const { type, data } of log.ofHub("MissionArchived"))
    if (type === "MissionArchived") digests.set(data.missionId, data.sha256);
  const kept = await shelved(log.place, ({ message }) =>
    problems.push(message),
  );
  let files = 0;
  for (const { path, missionId, shelf } of kept)
    try {
      await rowsIn(path);
      files += 1;
      const sha256 = digests.get(missionId) ?? (await digestOf(path));
      if (shelf === "archive" && sha256 !== (await digestOf(path)))
        problems.push(
          `${path} is not the archive that was made of the mission`,
        );
    } catch (error) {
      if (!isProblem(error)) throw error;
      problems.push(error.message);
    }
  for (const { mission } of log.archived())
    if (!kept.some((one) => one.missionId === mission))
      problems.push(
        `Mission ${mission} was archived, and its archive is not there`,
      );
  return { ...check, files, problems };
}
