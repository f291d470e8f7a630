/** What moves missions between the log and its archive needs of the log; only its writer has it. */
import type { DatabaseSync } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import type { Draft } from "../../protocol/event.ts";

/** The writer's own connection, for reading, and for moves that are all or nothing. */
export interface Keeping {
  /** Reads; `work` changes nothing. */
  read<R>(work: (db: DatabaseSync) => R): R;
  /** Stores `drafts` and does `work` in one transaction, fsynced when it returns. Whatever `work` throws undoes all of it. */
  move(drafts: readonly Draft[], work: (db: DatabaseSync) => void): void;
}

/** Somebody writes to a mission that is in the archive. */
export function logArchived(missionId: string): RoundtableError {
  return new RoundtableError(
    "log-archived",
    `The conversation "${missionId}" has been archived, so nothing can be added to it.`,
    "Nothing was stored, and the archive is as it was. Begin a new conversation, or bring this one back with `roundtable log restore`.",
  );
}
