import type { ErrorCode } from "../../core/errors.ts";
import { RoundtableError } from "../../core/errors.ts";

// Primary result codes, https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DB = 26;

const SAFE =
  "What was acknowledged before is safe and is delivered once the hub goes on";

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** True where the file is not what was written. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return (
    code === CORRUPT ||
    code === NOT_A_DB ||
    (error instanceof RoundtableError && error.code === "mailbox-corrupt")
  );
}

/** What a person is told when the mailboxes at `place` could not be used; a problem that is one already stays as it is. */
export function translate(error: unknown, place: string): RoundtableError {
  if (error instanceof RoundtableError) return error;
  const cause = { cause: error };
  switch (resultCode(error)) {
    case FULL:
      return new RoundtableError(
        "mailbox-full",
        `The disk with the mailboxes (${place}) is full, so the message was not stored.`,
        `${SAFE}; free some space and send again.`,
        cause,
      );
    case BUSY:
    case LOCKED:
      return new RoundtableError(
        "mailbox-busy",
        `Another window or terminal has the mailboxes of this workspace open (${place}).`,
        "Nothing is lost; go on there, or close it and try again here.",
        cause,
      );
    case CORRUPT:
    case NOT_A_DB:
      return damaged(place, cause);
    default:
      return new RoundtableError(
        "mailbox-failed",
        `The mailboxes at ${place} could not be used: ${error instanceof Error ? error.message : String(error)}`,
        `${SAFE}; check the disk, then start the hub again.`,
        cause,
      );
  }
}

/** The file holds something nobody stored. */
export function damaged(
  place: string,
  options?: { readonly cause: unknown },
): RoundtableError {
  return new RoundtableError(
    "mailbox-corrupt",
    `The mailboxes at ${place} are damaged on disk.`,
    "Start the hub again: the damaged file is kept aside and every message that can still be read is saved.",
    options,
  );
}

/** The store has ended, or may no longer write. */
export function ended(
  code: ErrorCode & ("mailbox-closed" | "mailbox-fenced"),
  place: string,
  why: string,
): RoundtableError {
  return new RoundtableError(
    code,
    `The mailboxes at ${place} take nothing more: ${why}.`,
    `${SAFE}; send again then.`,
  );
}

/** A bound was reached; `what` names it. */
export function overloaded(what: string): RoundtableError {
  return new RoundtableError(
    "mailbox-overloaded",
    `There is no room for the message: ${what}.`,
    "Nothing was stored; send it again when some of what waits has been acknowledged.",
  );
}
