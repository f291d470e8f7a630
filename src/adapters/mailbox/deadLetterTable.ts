import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import type {
  DeadLetter,
  FailedTry,
  Mailboxes,
} from "../../ports/mailboxes.ts";
import { asBuffer } from "./bytes.ts";

const COLUMNS =
  "no, mailbox, seq, at, why, failures, header, length(payload) AS size";

/** Dead letters as they are stored; every call is synchronous. */
export class DeadLetterTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  list({
    mailbox,
    after = 0,
    limit = 100,
  }: NonNullable<
    Parameters<Mailboxes["deadLetters"]>[0]
  >): readonly DeadLetter[] {
    const rows =
      mailbox === undefined
        ? this.#db
            .prepare(
              `SELECT ${COLUMNS} FROM dead_letters WHERE no > ? ORDER BY no LIMIT ?`,
            )
            .all(after, limit)
        : this.#db
            .prepare(
              `SELECT ${COLUMNS} FROM dead_letters WHERE no > ? AND mailbox = ? ORDER BY no LIMIT ?`,
            )
            .all(after, mailbox, limit);
    return rows.map(fromRow);
  }

  get(no: number): (DeadLetter & { readonly payload: Buffer }) | undefined {
    const row = this.#db
      .prepare(`SELECT ${COLUMNS}, payload FROM dead_letters WHERE no = ?`)
      .get(no);
    if (row === undefined) return undefined;
    return { ...fromRow(row), payload: asBuffer(row["payload"] as Uint8Array) };
  }

  /** Within a transaction; false when there is none of that number. */
  drop(no: number): boolean {
    return (
      this.#db.prepare("DELETE FROM dead_letters WHERE no = ?").run(no)
        .changes === 1
    );
  }

  /** How many there are, and the bytes of their headers and payloads. */
  sum(): { readonly letters: number; readonly bytes: number } {
    const row = this.#db
      .prepare(
        "SELECT COUNT(*) AS letters, SUM(length(header) + length(payload)) AS bytes FROM dead_letters",
      )
      .get();
    return {
      letters: Number(row?.["letters"]),
      bytes: Number(row?.["bytes"] ?? 0),
    };
  }
}

function fromRow(row: Record<string, SQLOutputValue>): DeadLetter {
  return {
    no: Number(row["no"]),
    mailbox: String(row["mailbox"]),
    seq: Number(row["seq"]),
    at: Number(row["at"]),
    why: String(row["why"]),
    failures: JSON.parse(String(row["failures"])) as readonly FailedTry[],
    header: JSON.parse(String(row["header"])) as EnvelopeHeader,
    bytes: Number(row["size"]),
  };
}
