import type { DeadLetter, Mailboxes } from "../../ports/mailboxes.ts";
import type {
  DeadLetterFull,
  DeadLetterLine,
  DeadLettersQuery,
} from "../../protocol/deadLetters.ts";
import { RoundtableError } from "../../core/errors.ts";
import type { DurableDelivery } from "./createDelivery.ts";

/** What can be done about messages that could not be delivered. */
export interface DeadLetters {
  /** A page of them, lowest number first. */
  list(query: DeadLettersQuery): Promise<readonly DeadLetterLine[]>;
  /** One with its payload as text; undefined where there is none of that number. */
  get(no: number): Promise<DeadLetterFull | undefined>;
  /** Puts one back into its mailbox, as if no try had failed; false where there is none of that number. Resolves once that is on disk. */
  resend(no: number): Promise<boolean>;
  /** Forgets one for good; false where there is none of that number. Resolves once that is on disk. */
  drop(no: number): Promise<boolean>;
}

/** The dead letters of a hub; without delivery every question is answered with `hub-failed`. */
export function deadLettersOf(
  delivery: DurableDelivery | undefined,
): DeadLetters {
  const open = (): Promise<Mailboxes> =>
    delivery === undefined
      ? Promise.reject(noMailboxes())
      : delivery.mailboxes();
  return {
    list: async (query) => (await open()).deadLetters(query).map(lineOf),
    async get(no) {
      const found = (await open()).deadLetter(no);
      if (found === undefined) return undefined;
      return { ...lineOf(found), payload: found.payload.toString("utf8") };
    },
    resend: async (no) => {
      await open();
      return (await delivery?.resend(no)) === true;
    },
    drop: async (no) => (await open()).drop(no),
  };
}

function lineOf({
  no,
  mailbox,
  seq,
  at,
  why,
  failures,
  header,
  bytes,
}: DeadLetter): DeadLetterLine {
  return { no, mailbox, seq, at, why, failures: [...failures], header, bytes };
}

function noMailboxes(): RoundtableError {
  return new RoundtableError(
    "hub-failed",
    "This hub keeps no durable messages.",
    "Nothing was changed.",
  );
}
