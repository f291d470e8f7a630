import type { RoundtableError } from "../../core/errors.ts";
import type { FailedTry, Letter } from "../../ports/mailboxes.ts";
import type { Burial } from "./commit.ts";
import type { Box, Held } from "./holdings.ts";
import { JournalWriter } from "./journal.ts";

/** Where a letter lies, and whether it was there before. */
export interface Stored {
  readonly seq: number;
  readonly duplicate: boolean;
}

/** A letter on its way to the disk. */
export interface Coming {
  readonly seq: number;
  /** Undefined where it was stored before: a dead letter that rises. */
  readonly key: string | undefined;
  /** Number of the dead letter it was. */
  readonly risen: number | undefined;
  readonly letter: Letter;
  readonly headerText: string;
  /** Sizes of what lies in the bodies: 0 where nobody waits for it, and only its key is kept. */
  readonly headerBytes: number;
  readonly payloadBytes: number;
  readonly priority: number;
  /** ms since 1970, 0 for never. */
  readonly expiresAt: number;
  readonly boxes: readonly Box[];
  resolve: (stored: Stored) => void;
  reject: (problem: RoundtableError) => void;
}

/** What else the next commit says. */
export interface Told {
  readonly settled: Map<Box, number[]>;
  readonly failed: {
    readonly box: Box;
    readonly seq: number;
    readonly failure: FailedTry;
  }[];
  readonly burials: Burial[];
  readonly acts: {
    readonly run: () => void;
    readonly resolve: () => void;
    readonly reject: (problem: RoundtableError) => void;
  }[];
}

/** Nothing told yet. */
export function nothingTold(): Told {
  return { settled: new Map(), failed: [], burials: [], acts: [] };
}

export function isNothing({ settled, failed, burials, acts }: Told): boolean {
  return settled.size + failed.length + burials.length + acts.length === 0;
}

/** Says what could not be written again, before what was said since; acts are not repeated. */
export function retell(before: Told, now: Told): void {
  for (const [box, seqs] of before.settled)
    now.settled.set(box, [...seqs, ...(now.settled.get(box) ?? [])]);
  now.failed.unshift(...before.failed);
  now.burials.unshift(...before.burials);
}

/** A letter that is to lie in the newest bodies instead, and its bytes. */
export interface Moving {
  readonly held: Held;
  readonly bytes: Buffer;
}

/** What one commit says: letters in the order of their bodies, those that come before those that are moved. */
export interface Batch {
  readonly coming: readonly Coming[];
  readonly moving: readonly Moving[];
  readonly told: Told;
}

/** Writes the entries of a commit and copies its bodies together, into memory that is used again for the next one. */
export class Encoder {
  readonly #journal = new JournalWriter();
  #scratch = Buffer.allocUnsafeSlow(64 * 1024);

  encode(
    lastSeq: number,
    batch: Batch,
  ): {
    readonly entries: Buffer | undefined;
    readonly bodies: Buffer | undefined;
  } {
    const out = this.#journal;
    const { coming, moving, told } = batch;
    let total = 0;
    out.begin(lastSeq);
    for (const one of coming) {
      out.letter(one, one.boxes, one.key);
      total += one.headerBytes + one.payloadBytes;
    }
    for (const { held, bytes } of moving) {
      out.letter(held, held.boxes, undefined);
      total += bytes.length;
      for (const [box, failures] of held.failures ?? [])
        for (const failure of failures) out.failed(box.no, held.seq, failure);
    }
    for (const [box, seqs] of told.settled) out.settled(box.no, seqs);
    for (const { box, seq, failure } of told.failed)
      out.failed(box.no, seq, failure);
    const isEmpty = out.empty;
    const entries = out.take();
    return {
      entries: isEmpty ? undefined : entries,
      bodies: total > 0 ? this.#copyBodies(batch, total) : undefined,
    };
  }

  #copyBodies({ coming, moving }: Batch, total: number): Buffer {
    if (this.#scratch.length < total)
      this.#scratch = Buffer.allocUnsafeSlow(total);
    const bodies = this.#scratch;
    let at = 0;
    for (const { letter, headerText, headerBytes, payloadBytes } of coming) {
      if (headerBytes === 0) continue;
      // ASCII is the usual case and the faster copy.
      const isAscii = headerText.length === headerBytes;
      bodies.write(headerText, at, isAscii ? "latin1" : "utf8");
      at += headerBytes;
      bodies.set(letter.payload, at);
      at += payloadBytes;
    }
    for (const { bytes } of moving) at += bytes.copy(bodies, at);
    return bodies.subarray(0, total);
  }
}
