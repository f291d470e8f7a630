import { resolve } from "node:path";
import { systemClock } from "../adapters/clock/systemClock.ts";
import { archiveMissions, type Retention } from "../adapters/log/archive.ts";
import { backUpLog } from "../adapters/log/backUpLog.ts";
import { checkAll, type LogCheck } from "../adapters/log/checkLog.ts";
import { exportLog, exportToFile } from "../adapters/log/exportLog.ts";
import { importLog } from "../adapters/log/importLog.ts";
import { openLog } from "../adapters/log/openLog.ts";
import { readLog } from "../adapters/log/readLog.ts";
import { repairLog } from "../adapters/log/repairLog.ts";
import { restoreMission } from "../adapters/log/restore.ts";
import { complain } from "./complain.ts";
import { logFileOf, openBook, type LogChoice } from "./logBook.ts";
import { harmless } from "./text.ts";

const say = (line: string): void => {
  process.stdout.write(`${harmless(line)}\n`);
};

/** Writes missions as JSON Lines to a file, or to standard output; returns the exit code. */
export async function exportMissions(
  options: LogChoice & { readonly mission?: string; readonly out?: string },
): Promise<number> {
  const log = readLog(await logFileOf(options));
  const { out, mission } = options;
  const what = {
    at: systemClock.now(),
    ...(mission !== undefined && { missionId: mission }),
  };
  try {
    if (out === undefined) await exportLog(log, what, process.stdout);
    else {
      const done = await exportToFile(log, { ...what, replace: false }, out);
      say(
        `${many(done.events, "event")} of ${many(done.missions, "mission")} written to ${out}`,
      );
    }
    return 0;
  } finally {
    await log.dispose();
  }
}

const HOW = {
  new: "taken in, to be read and replayed",
  here: "here already",
  longer: "taken in anew, it has gone on since",
} as const;

/** Takes missions of another hub from a file; returns the exit code. */
export async function importMissions(
  path: string,
  options: LogChoice,
): Promise<number> {
  const book = await openBook(options, true);
  try {
    const missions = await importLog(
      book.file,
      resolve(path),
      (missionId) => book.log?.rows(missionId) ?? [],
    );
    for (const { missionId, goal, events, how } of missions)
      say(
        `${missionId}  ${HOW[how]} (${many(events, "event")})  ${goal?.split("\n", 1)[0] ?? ""}`,
      );
    return 0;
  } finally {
    await book.dispose();
  }
}

/** Checks every hash and link, SQLite's structure, and every file beside the log; 0 when all is sound, else 1. */
export async function check(
  options: LogChoice & { readonly json?: boolean },
): Promise<number> {
  const log = readLog(await logFileOf(options));
  try {
    const found = await checkAll(log);
    if (options.json === true) say(JSON.stringify(found));
    else tellCheck(found, log.place);
    return found.problems.length === 0 ? 0 : 1;
  } finally {
    await log.dispose();
  }
}

function tellCheck(
  { events, missions, files, problems, damaged }: LogCheck,
  place: string,
): void {
  for (const problem of problems) say(`${problem}.`);
  say(
    `${problems.length === 0 ? "Sound" : "Not sound"}: ${many(events, "event")} of ${many(missions, "mission")}, ${many(files, "file")} beside them (${place})`,
  );
  if (problems.length > 0)
    say(
      damaged
        ? "The log was not changed. `roundtable log repair` sets it aside and saves what can be read."
        : "The log was not changed. What is missing can come only from a backup.",
    );
}

/** Repairs a log that is not sound; returns the exit code. */
export async function repair(options: LogChoice): Promise<number> {
  const done = await repairLog(await logFileOf(options), systemClock);
  say(
    done === undefined
      ? "Nothing to repair: everything in the log can be read."
      : `${done.message} ${done.next}`,
  );
  return 0;
}

/** Copies the log to a file while it is in use; returns the exit code. */
export async function backUp(
  target: string,
  options: LogChoice,
): Promise<number> {
  const file = await logFileOf(options);
  const { events, missions } = await backUpLog(file, target);
  say(
    `${many(events, "event")} of ${many(missions, "mission")} copied to ${target}, and the copy checked`,
  );
  return 0;
}

/** Moves closed missions into archives; returns the exit code. */
export async function archive(
  options: LogChoice & {
    readonly olderThan?: number;
    readonly keepMegabytes?: number;
  },
): Promise<number> {
  const { olderThan = 0, keepMegabytes = 0 } = options;
  const keep: Retention = { keepDays: olderThan, keepMegabytes };
  const log = await openLog({
    file: await logFileOf(options),
    clock: systemClock,
    onProblem: complain,
  });
  try {
    const done = await archiveMissions(log, keep, { clock: systemClock });
    for (const { missionId, events, file } of done)
      say(`${missionId}  ${many(events, "event")} in archive/${file}`);
    if (done.length === 0) say("No closed mission is that old.");
    return 0;
  } finally {
    await log.dispose();
  }
}

/** Brings an archived mission back; returns the exit code. */
export async function restore(
  path: string,
  options: LogChoice,
): Promise<number> {
  const log = await openLog({
    file: await logFileOf(options),
    clock: systemClock,
    onProblem: complain,
  });
  try {
    const { missionId, events } = await restoreMission(log, resolve(path));
    say(`${missionId}  ${many(events, "event")} back in the log`);
    return 0;
  } finally {
    await log.dispose();
  }
}

function many(n: number, what: string): string {
  return `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
}
