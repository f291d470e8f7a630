import { crc32 } from "node:zlib";
import type { DatabaseSync } from "node:sqlite";
import type { Box, Segment } from "./holdings.ts";
import { inTransaction } from "./transaction.ts";

/** A dead letter on its way to the disk. */
export interface Burial {
  readonly mailbox: string;
  readonly seq: number;
  readonly at: number;
  readonly why: string;
  /** JSON. */
  readonly failures: string;
  /** JSON. */
  readonly header: string;
  readonly payload: Buffer;
}

/** What one commit changes. */
export interface Commit {
  readonly n: number;
  readonly entries: Buffer | undefined;
  readonly bodies: Buffer | undefined;
  readonly newBoxes: readonly Box[];
  readonly burials: readonly Burial[];
  /** Dead letters that went back into their mailbox. */
  readonly risen: readonly number[];
  readonly acts: readonly (() => void)[];
  /** Segments whose bodies go. */
  readonly emptied: readonly Segment[];
  /** Rows of the journal up to this one go; 0 for none. */
  readonly forget: number;
}

/** Makes the function that puts a commit on disk, all of it or, when it throws, nothing. */
export function createCommit(db: DatabaseSync): (commit: Commit) => void {
  const row = db.prepare(
    "INSERT INTO journal (n, crc, entries) VALUES (?, ?, ?)",
  );
  const body = db.prepare(
    "INSERT INTO bodies (n, crc, bytes) VALUES (?, ?, ?)",
  );
  const box = db.prepare("INSERT INTO mailboxes (no, name) VALUES (?, ?)");
  const noBody = db.prepare("DELETE FROM bodies WHERE n = ?");
  const noRow = db.prepare("DELETE FROM journal WHERE n <= ?");
  const noDead = db.prepare("DELETE FROM dead_letters WHERE no = ?");
  const dead = db.prepare(
    "INSERT INTO dead_letters (mailbox, seq, at, why, failures, header, payload) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );

  return ({ n, entries, bodies, ...commit }) => {
    inTransaction(db, () => {
      // What goes first makes room for what comes.
      for (const segment of commit.emptied) noBody.run(segment.n);
      if (commit.forget > 0) noRow.run(commit.forget);
      for (const { no, name } of commit.newBoxes) box.run(no, name);
      if (entries !== undefined) row.run(n, crc32(entries), entries);
      if (bodies !== undefined) body.run(n, crc32(bodies), bodies);
      for (const no of commit.risen) noDead.run(no);
      for (const {
        mailbox,
        seq,
        at,
        why,
        failures,
        header,
        payload,
      } of commit.burials)
        dead.run(mailbox, seq, at, why, failures, header, payload);
      for (const act of commit.acts) act();
    });
  };
}
