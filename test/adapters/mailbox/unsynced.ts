import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { Bodies } from "../../../src/adapters/mailbox/bodies.ts";
import { BOUNDS } from "../../../src/adapters/mailbox/bounds.ts";
import { MailboxStore } from "../../../src/adapters/mailbox/mailboxStore.ts";
import { recover } from "../../../src/adapters/mailbox/recover.ts";
import { Seen } from "../../../src/adapters/mailbox/seen.ts";
import { prepare } from "../../../src/adapters/mailbox/tables.ts";
import { Writer } from "../../../src/adapters/mailbox/writer.ts";
import type { Mailboxes } from "../../../src/ports/mailboxes.ts";

/** The control: the same mailboxes with `synchronous = NORMAL`, so that commits reach the kernel and not the disk. */
export function openUnsynced(file: string): Mailboxes {
  const db = new DatabaseSync(file);
  prepare(db);
  db.exec("PRAGMA synchronous = NORMAL");
  const seen = new Seen(db);
  const recovered = recover(db, file, seen);
  const { holdings } = recovered;
  const bodies = new Bodies(db, file, BOUNDS.cacheBytes);
  const onProblem = (problem: Error): void => {
    throw problem;
  };
  const clock = systemClock;
  const writer = new Writer({
    ...{ db, file, clock, seen, bodies, recovered, onProblem },
  });
  return new MailboxStore({
    ...{ db, file, bounds: BOUNDS, holdings, seen, bodies, writer },
  });
}
