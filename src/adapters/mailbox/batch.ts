import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import type { RoundtableError } from "../../core/errors.ts";
import type { FailedTry } from "../../ports.ts";
import type { Burial } from "./commit.ts";
import type { Box, Held } from "./holdings.ts";
import type { JournalWriter, LetterEntry } from "./journal.ts";

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
  readonly header: EnvelopeHeader;
  readonly headerText: string;
  readonly headerBytes: number;
  readonly payload: Buffer;
  readonly boxes: readonly Box[];
  readonly resolve: (stored: Stored) => void;
  readonly reject: (problem: RoundtableError) => void;
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

/** A letter in the bodies of a commit. */
export interface Placed {
  readonly entry: Omit<LetterEntry, "boxes">;
  readonly boxes: readonly Box[];
  readonly at: number;
  readonly slot: number;
}

/** Writes the entries of a commit and copies its bodies together. */
export function encode(
  out: JournalWriter,
  lastSeq: number,
  batch: {
    readonly coming: readonly Coming[];
    readonly moving: readonly { readonly held: Held; readonly bytes: Buffer }[];
    readonly told: Told;
  },
): {
  readonly entries: Buffer | undefined;
  readonly bodies: Buffer | undefined;
  readonly placed: readonly Placed[];
} {
  const { coming, moving, told } = batch;
  const placed: Placed[] = [];
  let total = 0;
  out.begin(lastSeq);
  const place = (
    entry: Omit<LetterEntry, "boxes">,
    boxes: readonly Box[],
    key: string | undefined,
  ): void => {
    out.letter({ ...entry, boxes: boxes.map(({ no }) => no) }, key);
    placed.push({ entry, boxes, at: total, slot: placed.length });
    total += entry.headerBytes + entry.payloadBytes;
  };
  for (const { seq, key, header, headerBytes, payload, boxes } of coming) {
    const { priority, expiresAt = 0 } = header;
    // Nobody waits for it: only its key is kept.
    const none = boxes.length === 0;
    const sizes = {
      headerBytes: none ? 0 : headerBytes,
      payloadBytes: none ? 0 : payload.length,
    };
    place({ seq, priority, expiresAt, ...sizes }, boxes, key);
  }
  for (const { held } of moving) {
    place(held, held.boxes, undefined);
    for (const [box, failures] of held.failures ?? [])
      for (const failure of failures) out.failed(box.no, held.seq, failure);
  }
  for (const [box, seqs] of told.settled) out.settled(box.no, seqs);
  for (const { box, seq, failure } of told.failed)
    out.failed(box.no, seq, failure);
  const entries = out.empty ? undefined : out.take();
  if (entries === undefined) out.take();
  return {
    entries,
    bodies: total > 0 ? copyBodies(batch, total) : undefined,
    placed,
  };
}

function copyBodies(
  { coming, moving }: Pick<Parameters<typeof encode>[2], "coming" | "moving">,
  total: number,
): Buffer {
  const bodies = Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const { boxes, headerText, headerBytes, payload } of coming) {
    if (boxes.length === 0) continue;
    // ASCII is the usual case and the faster copy.
    if (headerText.length === headerBytes)
      bodies.write(headerText, at, "latin1");
    else bodies.write(headerText, at);
    at += headerBytes;
    payload.copy(bodies, at);
    at += payload.length;
  }
  for (const { bytes } of moving) at += bytes.copy(bodies, at);
  return bodies;
}
