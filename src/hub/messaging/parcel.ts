import type { EnvelopeHeader } from "../../protocol/envelope.ts";

/** An envelope inside the hub: a checked header, and the payload's bytes as they came (UTF-8 JSON, not looked into). */
export interface Parcel {
  readonly header: EnvelopeHeader;
  readonly payload: Buffer;
}

/** The way to one connected recipient. */
export interface Outlet {
  /** Whose it is: an agent's id or a client's name. */
  readonly owner: string;
  /** Puts a parcel on the wire; `header` members win over the parcel's. False when the reader is too far behind or gone: nothing was sent. */
  offer(
    parcel: Parcel,
    header?: { readonly seq: number; readonly attempt: number },
  ): boolean;
}

/** A subscription that goes on when its socket and the hub end; its messages wait in the mailbox {@link mailboxOf} names. */
export interface Lasting {
  readonly name: string;
  readonly topics: readonly string[];
}

/** Mailbox of a lasting subscription; no agent's id begins like this. */
export function mailboxOf(subscription: string): string {
  return `@${subscription}`;
}

/** Durable delivery as the router sees it. A mailbox is named after its owner: an agent's id, or `@` and the name of a lasting subscription. */
export interface Delivery {
  /** Resolves once the mailboxes are open and {@link Delivery.lasting} is complete; rejects with why they are not, and may then be tried again. */
  ready(): Promise<void>;
  /** Resolves once the parcel is on disk for every mailbox named; a parcel its sender sent before resolves with the first one's place and changes nothing. Rejects with an overload error when a mailbox is full. */
  accept(
    parcel: Parcel,
    mailboxes: readonly string[],
  ): Promise<{ readonly seq: number; readonly duplicate: boolean }>;
  /** From now on the mailbox is emptied into this outlet, oldest unacknowledged first within each priority. Returns the way to detach. */
  attach(mailbox: string, outlet: Outlet): () => void;
  /** These were dealt with and are never delivered again. */
  acknowledge(mailbox: string, seqs: readonly number[]): void;
  /** This could not be dealt with: it is tried again later, and is a dead letter after the last try. */
  refuse(mailbox: string, seq: number, why: string): void;
  /** Stores a lasting subscription in place of one of that name; resolves once it is on disk. Its mailbox stays as it is. */
  keep(lasting: Lasting): Promise<void>;
  /** Ends a lasting subscription and empties its mailbox; resolves once that is on disk. Unknown names are fine. */
  forget(name: string): Promise<void>;
  /** All lasting subscriptions as they are stored. */
  lasting(): readonly Lasting[];
}
