/**
 * What one commit says, as bytes. The journal is the truth about what waits: a letter waits in the mailboxes its entry names until
 * later entries settle it there. Bodies lie in a row of their own, in the order of the letters, so that they can go first.
 */
import type { FailedTry } from "../../ports/mailboxes.ts";
import { ByteReader, ByteWriter, MAX_U48 } from "./bytes.ts";

const FORMAT = 1;
const LETTER = 1;
const MOVED = 2;
const SETTLED = 3;
const FAILED = 4;
const MAX_WHY = 512;

/** A letter as the journal names it. */
export interface LetterEntry {
  readonly seq: number;
  readonly priority: number;
  /** ms since 1970, 0 for never. */
  readonly expiresAt: number;
  readonly headerBytes: number;
  readonly payloadBytes: number;
  /** Numbers of the mailboxes it waits in. */
  readonly boxes: readonly number[];
}

export type Entry =
  | ({ readonly kind: "letter"; readonly key: string } & LetterEntry)
  /** A letter that was stored before and now lies in this row's bodies instead. */
  | ({ readonly kind: "moved" } & LetterEntry)
  | {
      readonly kind: "settled";
      readonly box: number;
      readonly seqs: readonly number[];
    }
  | ({
      readonly kind: "failed";
      readonly box: number;
      readonly seq: number;
    } & FailedTry);

/** Puts entries together; `take` gives the bytes of a row and starts the next. */
export class JournalWriter {
  readonly #out = new ByteWriter();
  #empty = true;

  /** `lastSeq` is the highest place given so far. */
  begin(lastSeq: number): void {
    this.#out.u8(FORMAT);
    this.#out.u48(lastSeq);
    this.#empty = true;
  }

  get empty(): boolean {
    return this.#empty;
  }

  /** With a key it is new, without one it was moved. */
  letter(
    entry: Omit<LetterEntry, "boxes">,
    boxes: readonly { readonly no: number }[],
    key: string | undefined,
  ): void {
    const out = this.#out;
    this.#empty = false;
    out.u8(key === undefined ? MOVED : LETTER);
    if (key !== undefined) out.text(key);
    out.u48(entry.seq);
    out.u8(entry.priority);
    out.u48(Math.min(MAX_U48, Math.max(0, entry.expiresAt)));
    out.u32(entry.headerBytes);
    out.u32(entry.payloadBytes);
    out.u16(boxes.length);
    for (const { no } of boxes) out.u32(no);
  }

  settled(box: number, seqs: readonly number[]): void {
    const out = this.#out;
    this.#empty = false;
    out.u8(SETTLED);
    out.u32(box);
    out.u32(seqs.length);
    for (const seq of seqs) out.u48(seq);
  }

  failed(box: number, seq: number, { at, why }: FailedTry): void {
    const out = this.#out;
    this.#empty = false;
    out.u8(FAILED);
    out.u32(box);
    out.u48(seq);
    out.u48(at);
    out.text(why.slice(0, MAX_WHY));
  }

  take(): Buffer {
    return this.#out.take();
  }
}

/** The highest place that was given when the row was written, and what it says; undefined for bytes nobody wrote. */
export function readRow(
  bytes: Uint8Array,
):
  { readonly lastSeq: number; readonly entries: readonly Entry[] } | undefined {
  const from = new ByteReader(bytes);
  if (from.u8() !== FORMAT) return undefined;
  const lastSeq = from.u48();
  const entries: Entry[] = [];
  while (!from.done) {
    const entry = readEntry(from);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return { lastSeq, entries };
}

function readEntry(from: ByteReader): Entry | undefined {
  switch (from.u8()) {
    case LETTER:
      return { kind: "letter", key: from.text(), ...readLetter(from) };
    case MOVED:
      return { kind: "moved", ...readLetter(from) };
    case SETTLED: {
      const box = from.u32();
      const count = from.u32();
      return {
        kind: "settled",
        box,
        seqs: Array.from({ length: count }, () => from.u48()),
      };
    }
    case FAILED:
      return {
        kind: "failed",
        box: from.u32(),
        seq: from.u48(),
        at: from.u48(),
        why: from.text(),
      };
    default:
      return undefined;
  }
}

function readLetter(from: ByteReader): LetterEntry {
  return {
    seq: from.u48(),
    priority: from.u8(),
    expiresAt: from.u48(),
    headerBytes: from.u32(),
    payloadBytes: from.u32(),
    boxes: Array.from({ length: from.u16() }, () => from.u32()),
  };
}
