import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RoundtableError } from "../../core/errors.ts";
import type { Clock } from "../../ports.ts";
import type { Mailboxes } from "../../ports/mailboxes.ts";
import { Bodies } from "./bodies.ts";
import type { Bounds } from "./bounds.ts";
import { BOUNDS } from "./bounds.ts";
import { MailboxStore } from "./mailboxStore.ts";
import { makePrivate } from "./privateFile.ts";
import { recover } from "./recover.ts";
import { findDamagedWal, finishRepair, repair } from "./repair.ts";
import { Seen } from "./seen.ts";
import { prepare } from "./tables.ts";
import { isDamage, translate } from "./trouble.ts";
import { Writer } from "./writer.ts";

export interface MailboxOptions {
  /** Where the mailboxes are; next to it lies `-wal`. */
  readonly file: string;
  readonly clock: Clock;
  readonly bounds?: Partial<Bounds>;
  /** Told when the file was damaged and repaired, and when what was said could not be written. */
  readonly onProblem?: (problem: RoundtableError) => void;
  /** Most pages of 8 KiB the file may have; beyond it the disk counts as full. */
  readonly maxPages?: number;
}

/**
 * Opens the mailboxes, alone: the file is held until they are disposed of or the process ends. Throws `mailbox-busy` while another process
 * has it and `mailbox-too-new`. A damaged file is set aside and what can be read of it goes on in a new one; see `onProblem`.
 */
export function openMailboxes(options: MailboxOptions): Mailboxes {
  const file = resolve(options.file);
  try {
    finishRepair(file);
    const keepWal = findDamagedWal(file);
    try {
      const store = open({ ...options, file });
      if (keepWal !== undefined) options.onProblem?.(keepWal());
      return store;
    } catch (error) {
      if (!isDamage(error)) throw error;
      const repaired = repair(file);
      const store = open({ ...options, file });
      options.onProblem?.(repaired);
      return store;
    }
  } catch (error) {
    throw translate(error, file);
  }
}

function open(options: MailboxOptions): Mailboxes {
  const { file, clock, maxPages, onProblem = () => undefined } = options;
  makePrivate(file);
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    prepare(db, maxPages);
    const seen = new Seen(db);
    const recovered = recover(db, file, seen);
    if (recovered.lost > 0) onProblem(lost(file, recovered.lost));
    const bounds = { ...BOUNDS, ...options.bounds };
    const bodies = new Bodies(db, file, bounds.cacheBytes);
    const writer = new Writer({
      db,
      file,
      clock,
      seen,
      bodies,
      recovered,
      onProblem,
    });
    return new MailboxStore({
      db,
      file,
      bounds,
      holdings: recovered.holdings,
      seen,
      bodies,
      writer,
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

function lost(file: string, letters: number): RoundtableError {
  return new RoundtableError(
    "mailbox-corrupt",
    `${String(letters)} messages that waited in ${file} could not be read any more.`,
    "Everything else is delivered; their senders may send them again under a new id.",
  );
}
