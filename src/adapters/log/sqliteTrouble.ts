import { RoundtableError } from "../../core/errors.ts";

// Primary result codes, https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DB = 26;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** True where SQLite says somebody else holds the file. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** True where SQLite says the file is not what it wrote. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOT_A_DB;
}

/** What a person is told when storing or reading `place` failed; a problem that is one already stays as it is. */
export function translate(error: unknown, place: string): RoundtableError {
  if (error instanceof RoundtableError) return error;
  if (resultCode(error) === FULL)
    return new RoundtableError(
      "log-full",
      `The disk with the log (${place}) is full, so nothing new was stored.`,
      "Everything stored before is safe; free some space and resume the mission.",
      { cause: error },
    );
  if (isBusy(error)) return logBusy(place, error);
  if (isDamage(error)) return logDamaged(place, error);
  return new RoundtableError(
    "internal",
    `The log at ${place} could not be used: ${error instanceof Error ? error.message : String(error)}`,
    "What was acknowledged before is on disk; check the disk, then open the workspace again.",
    { cause: error },
  );
}

/** Another process holds the log. */
export function logBusy(place: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "log-busy",
    `Another window or terminal has the log of this workspace open (${place}).`,
    "Nothing is lost; go on in the other window, or close it and try again here.",
    { cause },
  );
}

/** Another process took over, or the file was replaced under us. */
export function logFenced(place: string, why: string): RoundtableError {
  return new RoundtableError(
    "log-fenced",
    `This window may no longer write to the log at ${place}: ${why}.`,
    "What was acknowledged before is safe; go on in the other window, or reload this one.",
  );
}

/** The file holds something nobody stored. */
export function logDamaged(place: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "log-corrupt",
    `The log at ${place} is damaged on disk.`,
    "Open the workspace again: the damaged file is kept aside and every event that can still be read is saved.",
    { cause },
  );
}
