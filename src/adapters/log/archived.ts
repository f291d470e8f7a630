import type { DatabaseSync } from "node:sqlite";

/** A mission whose events were taken out of the log, as the table `archived` holds it. */
export interface Archived {
  readonly mission: string;
  readonly first_seq: number;
  readonly last_seq: number;
  /** How many events it had. */
  readonly events: number;
  /** Hash of its last event. */
  readonly tip: string;
}

/** All archived missions of a log. */
export function readArchived(db: DatabaseSync): readonly Archived[] {
  return db
    .prepare(
      "SELECT mission, first_seq, last_seq, events, tip FROM archived ORDER BY first_seq",
    )
    .all() as unknown as Archived[];
}
