/** The note that a merge into a user's checkout is under way, and the lock that keeps other git programs off meanwhile. */
import { link, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { readRecord } from "./record.ts";

/** What a merge under way says of itself. */
export interface MergeNote {
  readonly pid: string;
  readonly onto: string;
  readonly commit: string;
  /** Text of our `index.lock`, unguessable: a lock with it is ours. */
  readonly lock: string;
  /** Files are touched only while it is `writing`. */
  readonly phase: string;
}

/** The note left by a merge that did not end; undefined when there is none. */
export function readNote(path: string): Promise<MergeNote | undefined> {
  return readRecord(path, ["pid", "onto", "commit", "lock", "phase"]);
}

/** Takes the index lock of a checkout, or finds that it is held under this text. Rejects with `git-failed` when another git program holds it. */
export async function takeLock(gitDir: string, text: string): Promise<void> {
  const lock = join(gitDir, "index.lock");
  const ready = join(gitDir, "roundtable.lock");
  await rm(ready, { force: true });
  await writeFile(ready, text);
  try {
    // A link appears with its text at once, so a crash cannot leave a lock that does not say whose it is.
    await link(ready, lock);
  } catch (error) {
    const held = await readFile(lock, "utf8").catch(() => undefined);
    if (held === text) return;
    throw new RoundtableError(
      "git-failed",
      "Another git program is working in this checkout, or one ended without removing its index.lock.",
      `Nothing was changed; wait for it, or delete ${lock} when no git is running, then resume.`,
      { cause: error },
    );
  } finally {
    await rm(ready, { force: true });
  }
}

/** Gives the lock back if it is the one with this text; a lock of anyone else stays. */
export async function dropLock(gitDir: string, text: string): Promise<void> {
  const lock = join(gitDir, "index.lock");
  const held = await readFile(lock, "utf8").catch(() => undefined);
  if (held === text) await rm(lock, { force: true });
}

/** Older notes are of programs that are gone, whatever runs under their number now; ms. */
const NOTE_LIVES_MS = 300_000;

/** Whether another program that wrote this note moments ago still runs. */
export async function isElsewhere(
  path: string,
  note: MergeNote,
): Promise<boolean> {
  const pid = Number(note.pid);
  if (pid === process.pid) return false;
  const { mtimeMs } = await stat(path);
  if (Date.now() - mtimeMs > NOTE_LIVES_MS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: the signal found nobody.
    return false;
  }
}
