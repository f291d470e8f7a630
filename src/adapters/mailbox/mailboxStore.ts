import type { DatabaseSync } from "node:sqlite";
import type {
  DeadLetter,
  FailedTry,
  Letter,
  Mailboxes,
  MailboxUsage,
  WaitingLetter,
} from "../../ports/mailboxes.ts";
import type { Coming, Stored } from "./batch.ts";
import type { Bodies } from "./bodies.ts";
import type { Bounds } from "./bounds.ts";
import { roomFor } from "./bounds.ts";
import { DeadLetterTable } from "./deadLetterTable.ts";
import type { Box, Held, Holdings } from "./holdings.ts";
import type { Seen } from "./seen.ts";
import { overloaded, translate } from "./trouble.ts";
import type { Writer } from "./writer.ts";

/** Mailboxes in one SQLite file. */
export class MailboxStore implements Mailboxes {
  readonly place: string;
  readonly #db: DatabaseSync;
  readonly #bounds: Bounds;
  readonly #holdings: Holdings;
  readonly #seen: Seen;
  readonly #bodies: Bodies;
  readonly #writer: Writer;
  readonly #dead: DeadLetterTable;
  readonly #rising = new Set<number>();
  #counts = { stored: 0, duplicates: 0, overloads: 0 };

  constructor(parts: {
    readonly db: DatabaseSync;
    readonly file: string;
    readonly bounds: Bounds;
    readonly holdings: Holdings;
    readonly seen: Seen;
    readonly bodies: Bodies;
    readonly writer: Writer;
  }) {
    this.place = parts.file;
    this.#db = parts.db;
    this.#bounds = parts.bounds;
    this.#holdings = parts.holdings;
    this.#seen = parts.seen;
    this.#bodies = parts.bodies;
    this.#writer = parts.writer;
    this.#dead = new DeadLetterTable(parts.db);
    this.#countDead();
  }

  add(letter: Letter, mailboxes: readonly string[]): Promise<Stored> {
    const { ended } = this.#writer;
    if (ended !== undefined) return Promise.reject(ended);
    const { id, from = "" } = letter.header;
    const key = `${from}\0${id}`;
    const pending = this.#writer.pending(key);
    const known = pending ?? this.#seen.find(key);
    if (known !== undefined) {
      this.#counts.duplicates += 1;
      return pending === undefined
        ? Promise.resolve({ seq: known, duplicate: true })
        : this.#writer.join(pending);
    }
    const names = mailboxes.length > 1 ? [...new Set(mailboxes)] : mailboxes;
    try {
      const coming = this.#admit(letter, names, key);
      this.#counts.stored += 1;
      return this.#writer.store(coming);
    } catch (error) {
      return Promise.reject(translate(error, this.place));
    }
  }

  waiting(): readonly WaitingLetter[] {
    const all = [...this.#holdings.all()].sort((a, b) => a.seq - b.seq);
    return all.flatMap((held) => held.boxes.map((box) => waitingIn(box, held)));
  }

  read(mailbox: string, seq: number): Letter | undefined {
    const found = this.#find(mailbox, seq);
    if (found === undefined) return undefined;
    try {
      return this.#bodies.read(found.held);
    } catch (error) {
      throw translate(error, this.place);
    }
  }

  settle(mailbox: string, seqs: readonly number[]): number {
    const box = this.#holdings.box(mailbox);
    if (box === undefined) return 0;
    let count = 0;
    for (const seq of seqs) if (this.#settle(box, seq)) count += 1;
    return count;
  }

  failed(mailbox: string, seq: number, failure: FailedTry): void {
    const found = this.#find(mailbox, seq);
    if (found === undefined) return;
    const { box, held } = found;
    held.failures ??= new Map();
    held.failures.set(box, [...(held.failures.get(box) ?? []), failure]);
    this.#writer.tell(({ failed }) => failed.push({ box, seq, failure }));
  }

  bury(mailbox: string, seq: number, why: string, at: number): void {
    const found = this.#find(mailbox, seq);
    if (found === undefined) return;
    const { box, held } = found;
    const { header, payload } = this.#readable(held);
    const dead = {
      ...{ mailbox, seq, at, why, payload },
      failures: JSON.stringify(held.failures?.get(box) ?? []),
      header: JSON.stringify(header),
    };
    this.#holdings.deadLetters += 1;
    this.#holdings.deadBytes += dead.header.length + payload.length;
    this.#settle(box, seq);
    this.#writer.tell(({ burials }) => burials.push(dead));
  }

  deadLetters(
    query: Parameters<Mailboxes["deadLetters"]>[0] = {},
  ): ReturnType<Mailboxes["deadLetters"]> {
    return this.#reading(() => this.#dead.list(query));
  }

  deadLetter(no: number): ReturnType<Mailboxes["deadLetter"]> {
    return this.#reading(() => this.#dead.get(no));
  }

  async resend(no: number): Promise<WaitingLetter | undefined> {
    const dead = this.#rising.has(no) ? undefined : this.deadLetter(no);
    if (dead === undefined) return undefined;
    const { seq, mailbox } = dead;
    const coming = this.#admit(dead, [mailbox], undefined, dead);
    this.#rising.add(no);
    try {
      await this.#writer.store(coming);
    } finally {
      this.#rising.delete(no);
      this.#countDead();
    }
    const found = this.#find(mailbox, seq);
    return found && waitingIn(found.box, found.held);
  }

  async drop(no: number): Promise<boolean> {
    if (this.#rising.has(no)) return false;
    let dropped = false;
    await this.#writer.act(() => {
      dropped = this.#dead.drop(no);
    });
    this.#countDead();
    return dropped;
  }

  keep(name: string, topics: readonly string[]): Promise<void> {
    return this.#writer.act(() => {
      this.#db
        .prepare("INSERT OR REPLACE INTO lasting (name, topics) VALUES (?, ?)")
        .run(name, JSON.stringify(topics));
    });
  }

  forget(name: string, mailbox: string): Promise<void> {
    const box = this.#holdings.box(mailbox);
    if (box !== undefined)
      for (const held of [...this.#holdings.all()]) this.#settle(box, held.seq);
    return this.#writer.act(() => {
      this.#db.prepare("DELETE FROM lasting WHERE name = ?").run(name);
    });
  }

  lasting(): ReturnType<Mailboxes["lasting"]> {
    const rows = this.#reading(() =>
      this.#db.prepare("SELECT name, topics FROM lasting ORDER BY name").all(),
    );
    return rows.map((row) => ({
      name: String(row["name"]),
      topics: JSON.parse(String(row["topics"])) as readonly string[],
    }));
  }

  flush(): Promise<void> {
    return this.#writer.act(() => undefined);
  }

  usage(): MailboxUsage {
    const { letters, bytes, deadLetters } = this.#holdings;
    const mailboxes = Array.from(this.#holdings.boxes(), (box) => ({
      ...{ name: box.name, letters: box.letters, bytes: box.bytes },
    }));
    return {
      letters,
      bytes,
      deadLetters,
      mailboxes,
      commits: this.#writer.commits,
      ...this.#counts,
    };
  }

  dispose(): Promise<void> {
    if (this.#db.isOpen) {
      this.#writer.close();
      this.#db.close();
    }
    return Promise.resolve();
  }

  /** Takes room for a letter, or throws `mailbox-overloaded`; without a key it is a dead one that rises. */
  #admit(
    letter: Letter,
    names: readonly string[],
    key: string | undefined,
    risen?: DeadLetter,
  ): Omit<Coming, "resolve" | "reject"> {
    const { header, payload } = letter;
    const headerText = JSON.stringify(header);
    const headerBytes = Buffer.byteLength(headerText);
    const bytes = headerBytes + payload.length;
    const full = roomFor(names, bytes, this.#holdings, this.#bounds);
    if (full !== undefined) {
      this.#counts.overloads += 1;
      throw overloaded(full);
    }
    const boxes = names.map((name) => this.#boxOf(name));
    const none = boxes.length === 0;
    this.#holdings.reserve(boxes, bytes);
    return {
      seq: risen?.seq ?? this.#writer.nextSeq(),
      key,
      risen: risen?.no,
      letter: { header, payload },
      headerText,
      headerBytes: none ? 0 : headerBytes,
      payloadBytes: none ? 0 : payload.length,
      priority: header.priority,
      expiresAt: header.expiresAt ?? 0,
      boxes,
    };
  }

  #boxOf(name: string): Box {
    const known = this.#holdings.box(name);
    if (known !== undefined) return known;
    const box = { no: this.#holdings.boxCount + 1, name, letters: 0, bytes: 0 };
    this.#writer.addBox(box);
    return box;
  }

  #find(
    mailbox: string,
    seq: number,
  ): { readonly box: Box; readonly held: Held } | undefined {
    const box = this.#holdings.box(mailbox);
    const held = this.#holdings.get(seq);
    return box !== undefined && held?.boxes.includes(box) === true
      ? { box, held }
      : undefined;
  }

  #settle(box: Box, seq: number): boolean {
    if (!this.#holdings.settle(box, seq)) return false;
    this.#writer.settled(box, seq);
    return true;
  }

  /** A damaged letter can be buried like any other; what is known of it stands for what is lost. */
  #readable(held: Held): Letter {
    try {
      return this.#bodies.read(held);
    } catch {
      const { seq, priority } = held;
      const header = {
        id: `lost-${String(seq)}`,
        to: "everyone",
        type: "event",
        durable: true,
        priority,
      } as const;
      return { header, payload: Buffer.from("null") };
    }
  }

  #countDead(): void {
    const { letters, bytes } = this.#dead.sum();
    this.#holdings.deadLetters = letters;
    this.#holdings.deadBytes = bytes;
  }

  #reading<R>(read: () => R): R {
    try {
      return read();
    } catch (error) {
      throw translate(error, this.place);
    }
  }
}

function waitingIn(box: Box, held: Held): WaitingLetter {
  const { seq, priority, expiresAt, failures } = held;
  return {
    ...{ mailbox: box.name, seq, priority },
    expiresAt: expiresAt === 0 ? undefined : expiresAt,
    failures: failures?.get(box) ?? [],
  };
}
