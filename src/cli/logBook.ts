import { join, resolve } from "node:path";
import { openGit } from "../adapters/git/openGit.ts";
import {
  logMissing,
  readLog,
  type LogReader,
} from "../adapters/log/readLog.ts";
import { fromShelf, shelved, type Shelved } from "../adapters/log/shelf.ts";
import { isProblem, RoundtableError } from "../core/errors.ts";
import type { Recorded } from "../protocol/event.ts";
import { complain } from "./complain.ts";
import { storageFor, treesHome } from "./places.ts";
import { stderrLog } from "./stderrLog.ts";

/** Which log a command is about. */
export interface LogChoice {
  /** The repository whose log it is. */
  readonly repo: string;
  /** The log's file, instead. */
  readonly file?: string;
}

/** A log with the missions kept beside it, for reading only: whoever writes it goes on undisturbed. */
export interface LogBook {
  /** The log's file. */
  readonly file: string;
  /** The log itself; undefined while there is none. */
  readonly log: LogReader | undefined;
  /** Missions kept as files beside it. */
  readonly shelved: readonly Shelved[];
  /** All events of a mission, wherever it is kept. `bad-intent` when there is none of that id. */
  mission(missionId: string): Promise<readonly Recorded[]>;
  dispose(): Promise<void>;
}

/** The file of the log a command is about. */
export async function logFileOf({ repo, file }: LogChoice): Promise<string> {
  if (file !== undefined) return resolve(file);
  const git = openGit({ home: treesHome(), textLog: stderrLog(false) });
  return join(storageFor((await git.inspect(repo)).root), "log.db");
}

/** Opens a log for reading; whoever opens it disposes it. A file that was named has to be there, unless `mayBegin`. */
export async function openBook(
  choice: LogChoice,
  mayBegin = false,
): Promise<LogBook> {
  const file = await logFileOf(choice);
  const log = open(file);
  const kept = await shelved(file, complain);
  if (log === undefined && kept.length === 0 && !mayBegin && choice.file)
    throw logMissing(file);
  const inLog = new Set(log?.missions());
  return {
    file,
    log,
    // A crash while archiving may have left the file of a mission that is still in the log.
    shelved: kept.filter(({ missionId }) => !inLog.has(missionId)),
    mission: async (missionId) => {
      const events = log?.mission(missionId) ?? [];
      if (events.length > 0) return events;
      const kept = await fromShelf(file, missionId);
      if (kept !== undefined) return kept;
      throw noMission(missionId);
    },
    dispose: async () => {
      await log?.dispose();
    },
  };
}

/** Rejects with `bad-intent` for a mission that is kept as a file: it can be replayed, but cannot go on here. */
export async function refuseShelved(
  choice: LogChoice,
  missionId: string,
): Promise<void> {
  const book = await openBook(choice, true);
  await book.dispose();
  const kept = book.shelved.find((one) => one.missionId === missionId);
  if (kept !== undefined)
    throw new RoundtableError(
      "bad-intent",
      kept.shelf === "imported"
        ? `Mission ${missionId} is another hub's: its worktrees, agents and budget are there, so it cannot go on here.`
        : `Mission ${missionId} has ended, and was archived.`,
      `Nothing was changed. Look at it again with: roundtable replay ${missionId}`,
    );
}

/** Undefined where nobody has worked yet. */
function open(file: string): LogReader | undefined {
  try {
    return readLog(file);
  } catch (error) {
    if (isProblem(error, "log-missing")) return undefined;
    throw error;
  }
}

function noMission(missionId: string): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    `There is no mission "${missionId}" in this repository's log.`,
    "`roundtable log` lists the missions.",
  );
}
