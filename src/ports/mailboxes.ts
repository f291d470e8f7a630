import type { Lifetime } from "../ports.ts";
import type { EnvelopeHeader } from "../protocol/envelope.ts";

/** A durable message: the header as its recipients get it, and the payload's bytes. */
export interface Letter {
  readonly header: EnvelopeHeader;
  readonly payload: Buffer;
}

/** Why one try to deliver a letter failed, and when, ms since 1970. */
export interface FailedTry {
  readonly at: number;
  readonly why: string;
}

/** A letter that waits in a mailbox. */
export interface WaitingLetter {
  readonly mailbox: string;
  readonly seq: number;
  readonly priority: number;
  /** ms since 1970; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Tries that failed, oldest first. */
  readonly failures: readonly FailedTry[];
}

/** A letter that could not be delivered. */
export interface DeadLetter {
  /** Counts up from 1. */
  readonly no: number;
  readonly mailbox: string;
  readonly seq: number;
  /** When it was given up, ms since 1970. */
  readonly at: number;
  readonly why: string;
  readonly failures: readonly FailedTry[];
  readonly header: EnvelopeHeader;
  readonly bytes: number;
}

/** How much lies in the mailboxes, and what the store did since it was opened. */
export interface MailboxUsage {
  /** Letters not settled, each counted once per mailbox it waits in. */
  readonly letters: number;
  /** Bytes of headers and payloads not settled, each letter counted once. */
  readonly bytes: number;
  readonly deadLetters: number;
  readonly mailboxes: readonly {
    readonly name: string;
    readonly letters: number;
    readonly bytes: number;
  }[];
  readonly commits: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly overloads: number;
}

/** Letters on disk until every recipient has settled them; one writer. What is settled, failed and buried is on disk with the next commit: a crash before it brings the letter back. */
export interface Mailboxes extends Lifetime {
  /** Resolves once the letter is committed and fsynced for all mailboxes named. The same `header.id` of the same `header.from` is the same letter, for ever: the first one's place is returned and nothing is stored. Rejects with `mailbox-overloaded`, `mailbox-full`, `mailbox-fenced` or `mailbox-closed`; then nothing was stored. */
  add(
    letter: Letter,
    mailboxes: readonly string[],
  ): Promise<{ readonly seq: number; readonly duplicate: boolean }>;
  /** All that is not settled, oldest first. */
  waiting(): readonly WaitingLetter[];
  /** A letter that is not settled in that mailbox; undefined for every other. Throws `mailbox-corrupt` when its bytes are not what was stored. */
  read(mailbox: string, seq: number): Letter | undefined;
  /** These were dealt with. Returns how many of them were not settled before. */
  settle(mailbox: string, seqs: readonly number[]): number;
  /** Remembers a failed try. */
  failed(mailbox: string, seq: number, failure: FailedTry): void;
  /** Settles the letter and keeps it with the failures remembered as a dead letter. */
  bury(mailbox: string, seq: number, why: string, at: number): void;
  /** Dead letters after number `after` (default 0), at most `limit` (default 100). */
  deadLetters(query?: {
    readonly mailbox?: string | undefined;
    readonly after?: number | undefined;
    readonly limit?: number | undefined;
  }): readonly DeadLetter[];
  /** A dead letter with its payload. */
  deadLetter(
    no: number,
  ): (DeadLetter & { readonly payload: Buffer }) | undefined;
  /** Puts a dead letter back into its mailbox, with no failures; resolves once that is on disk, with undefined when there is none of that number. */
  resend(no: number): Promise<WaitingLetter | undefined>;
  /** Forgets a dead letter; resolves once that is on disk, with false when there is none of that number. */
  drop(no: number): Promise<boolean>;
  /** Stores the topics of a lasting subscription in place of those before; resolves once they are on disk. */
  keep(name: string, topics: readonly string[]): Promise<void>;
  /** Ends a lasting subscription and settles all that waits in `mailbox`; resolves once that is on disk. */
  forget(name: string, mailbox: string): Promise<void>;
  /** Lasting subscriptions as they are stored. */
  lasting(): readonly {
    readonly name: string;
    readonly topics: readonly string[];
  }[];
  /** Resolves once everything said so far is on disk. */
  flush(): Promise<void>;
  usage(): MailboxUsage;
  /** Where it is stored, for people. */
  readonly place: string;
}
