import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import { checkLog, type LogCheck } from "./checkLog.ts";
import { createPrivate } from "./privateFile.ts";
import { readLog } from "./readLog.ts";
import { translate } from "./sqliteTrouble.ts";

/**
 * Copies the log `file` to `target` as of one moment, while it is read and written, and checks the copy whole. Archives and imported
 * missions are files of their own and not part of it. Rejects with `bad-intent` when there is a file of that name, with `log-corrupt` when the copy is not sound; then nothing is there.
 */
export async function backUpLog(
  file: string,
  target: string,
): Promise<LogCheck> {
  const path = resolve(target);
  if (existsSync(path)) throw taken(path);
  const draft = `${path}.writing`;
  const source = readLog(file);
  try {
    createPrivate(draft);
    await copy(resolve(file), draft);
    const copied = readLog(draft);
    const check = checkLog(copied);
    await copied.dispose();
    const [problem] = check.problems;
    if (problem !== undefined) throw notSound(problem);
    await rename(draft, path);
    return check;
  } catch (error) {
    throw translate(error, file);
  } finally {
    await source.dispose();
    for (const part of ["", "-wal", "-shm", "-journal"])
      await rm(`${draft}${part}`, { force: true });
  }
}

async function copy(file: string, draft: string): Promise<void> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(db, draft);
  } finally {
    db.close();
  }
  // The copy says that two more files belong to it; a backup is one file.
  const copied = new DatabaseSync(draft);
  try {
    copied.exec("PRAGMA journal_mode = DELETE");
  } finally {
    copied.close();
  }
  const handle = await open(draft, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function taken(path: string): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    `There is a file at ${path} already.`,
    "Nothing was written; name a file that does not exist yet.",
  );
}

function notSound(problem: string): RoundtableError {
  return new RoundtableError(
    "log-corrupt",
    `The copy is not sound: ${problem}.`,
    "No backup was made. `roundtable log check` says what is wrong with the log itself.",
  );
}
