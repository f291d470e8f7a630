import type { FailedTry, Letter } from "../../ports/mailboxes.ts";
import type { LetterEntry } from "./journal.ts";

/** A mailbox, as the store counts it. */
export interface Box {
  readonly no: number;
  readonly name: string;
  /** Letters and bytes that wait in it or are on their way in. */
  letters: number;
  bytes: number;
}

/** A row of the journal and the bodies that came with it. */
export interface Segment {
  readonly n: number;
  readonly entryBytes: number;
  readonly bodyBytes: number;
  /** Letters in it that still wait somewhere. */
  live: number;
  /** Whether the bodies are on disk. */
  hasBodies: boolean;
  /** The bodies, where they were read back. */
  bodies: Buffer | undefined;
  /** The letters as they came, those that still wait. */
  letters: (Letter | undefined)[] | undefined;
}

/** A letter that waits somewhere. */
export interface Held {
  readonly seq: number;
  readonly priority: number;
  /** ms since 1970, 0 for never. */
  readonly expiresAt: number;
  readonly headerBytes: number;
  readonly payloadBytes: number;
  /** Mailboxes it waits in. */
  boxes: readonly Box[];
  segment: Segment;
  /** Where its header begins in the bodies, and which letter of the segment it is. */
  at: number;
  slot: number;
  failures: Map<Box, readonly FailedTry[]> | undefined;
}

/** Everything that waits, in memory: where each letter lies, not its bytes. */
export class Holdings {
  readonly #held = new Map<number, Held>();
  readonly #boxes = new Map<string, Box>();
  readonly #segments = new Map<number, Segment>();
  #emptied: Segment[] = [];
  #letters = 0;
  #bytes = 0;
  #bodyBytes = 0;
  #entryBytes = 0;
  /** Bytes of dead letters. */
  deadBytes = 0;
  deadLetters = 0;

  /** Letters, each counted once per mailbox. */
  get letters(): number {
    return this.#letters;
  }
  /** Bytes of letters, each counted once. */
  get bytes(): number {
    return this.#bytes;
  }
  /** Letters, each counted once. */
  get count(): number {
    return this.#held.size;
  }
  /** Bytes of bodies and entries on disk, whether they still wait or not. */
  get onDisk(): { readonly bodies: number; readonly entries: number } {
    return { bodies: this.#bodyBytes, entries: this.#entryBytes };
  }

  boxes(): Iterable<Box> {
    return this.#boxes.values();
  }
  get boxCount(): number {
    return this.#boxes.size;
  }
  box(name: string): Box | undefined {
    return this.#boxes.get(name);
  }
  addBox(box: Box): void {
    this.#boxes.set(box.name, box);
  }

  get(seq: number): Held | undefined {
    return this.#held.get(seq);
  }
  /** Oldest place on disk first. */
  all(): Iterable<Held> {
    return this.#held.values();
  }

  addSegment(segment: Segment): void {
    this.#segments.set(segment.n, segment);
    this.#entryBytes += segment.entryBytes;
    if (segment.hasBodies) this.#bodyBytes += segment.bodyBytes;
  }
  /** Oldest first. */
  segments(): Iterable<Segment> {
    return this.#segments.values();
  }
  dropSegment(segment: Segment): void {
    if (this.#segments.delete(segment.n))
      this.#entryBytes -= segment.entryBytes;
  }

  /** Counts what is on its way into these mailboxes, or with −1 what did not get there. */
  reserve(boxes: readonly Box[], bytes: number, sign: 1 | -1 = 1): void {
    if (boxes.length > 0) this.#bytes += sign * bytes;
    this.#letters += sign * boxes.length;
    for (const box of boxes) {
      box.letters += sign;
      box.bytes += sign * bytes;
    }
  }

  /** Takes a letter in whose room was reserved before. A letter known already lies in the new place from now on. */
  hold(
    entry: Omit<LetterEntry, "boxes">,
    boxes: readonly Box[],
    segment: Segment,
    at: number,
    slot: number,
  ): void {
    const before = this.#held.get(entry.seq);
    if (before !== undefined) {
      this.#held.delete(entry.seq);
      this.#leave(before.segment);
    }
    const { seq, priority, expiresAt, headerBytes, payloadBytes } = entry;
    segment.live += 1;
    this.#held.set(seq, {
      seq,
      priority,
      expiresAt,
      headerBytes,
      payloadBytes,
      boxes,
      segment,
      at,
      slot,
      failures: before?.failures,
    });
  }

  /** The letter waits in that mailbox no longer; false where it did not. */
  settle(box: Box, seq: number): boolean {
    const held = this.#held.get(seq);
    if (held?.boxes.includes(box) !== true) return false;
    const bytes = held.headerBytes + held.payloadBytes;
    held.boxes =
      held.boxes.length === 1 ? [] : held.boxes.filter((one) => one !== box);
    box.letters -= 1;
    box.bytes -= bytes;
    this.#letters -= 1;
    if (held.boxes.length > 0) return true;
    this.#bytes -= bytes;
    this.#held.delete(seq);
    const { letters } = held.segment;
    if (letters !== undefined) letters[held.slot] = undefined;
    this.#leave(held.segment);
    return true;
  }

  /** Segments none of whose letters wait any longer but whose bodies are on disk, at most `most`. */
  takeEmptied(most: number): readonly Segment[] {
    return this.#emptied.splice(0, most);
  }
  putBackEmptied(segments: readonly Segment[]): void {
    this.#emptied.unshift(...segments);
  }
  /** Their bodies are gone from the disk. */
  bodiesGone(segments: readonly Segment[]): void {
    for (const segment of segments) {
      segment.hasBodies = false;
      this.#bodyBytes -= segment.bodyBytes;
    }
  }

  #leave(segment: Segment): void {
    segment.live -= 1;
    if (segment.live > 0) return;
    segment.bodies = undefined;
    segment.letters = undefined;
    if (segment.hasBodies) this.#emptied.push(segment);
  }
}
