import { crc32 } from "node:zlib";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import type { Letter } from "../../ports/mailboxes.ts";
import { asBuffer } from "./bytes.ts";
import type { Held, Segment } from "./holdings.ts";
import { damaged } from "./trouble.ts";

/** Letters that came or were read last stay in memory, so that delivery seldom reads back what was just written. */
export class Bodies {
  readonly #select: StatementSync;
  readonly #file: string;
  readonly #mostBytes: number;
  readonly #cached = new Set<Segment>();
  #bytes = 0;

  constructor(db: DatabaseSync, file: string, mostBytes: number) {
    this.#select = db.prepare("SELECT crc, bytes FROM bodies WHERE n = ?");
    this.#file = file;
    this.#mostBytes = mostBytes;
  }

  /** Letters or bodies of a segment are in memory now. */
  keep(segment: Segment): void {
    if (!this.#cached.has(segment)) {
      this.#cached.add(segment);
      this.#bytes += segment.bodyBytes;
    }
    for (const oldest of this.#cached) {
      if (oldest === segment) break;
      // What nobody waits for has let go of its bytes by itself.
      const isGone =
        oldest.bodies === undefined && oldest.letters === undefined;
      if (!isGone && this.#bytes <= this.#mostBytes) break;
      this.#cached.delete(oldest);
      this.#bytes -= oldest.bodyBytes;
      oldest.bodies = undefined;
      oldest.letters = undefined;
    }
  }

  /** The letter as it was stored. Throws `mailbox-corrupt` when its bytes are not. */
  read(held: Held): Letter {
    const { segment, at, slot, headerBytes, payloadBytes } = held;
    const letter = segment.letters?.[slot];
    if (letter !== undefined) return letter;
    const bodies = segment.bodies ?? this.#load(segment);
    const from = at + headerBytes;
    const header = JSON.parse(
      bodies.toString("utf8", at, from),
    ) as EnvelopeHeader;
    return { header, payload: bodies.subarray(from, from + payloadBytes) };
  }

  /** Header and payload as they lie on disk. */
  bytesOf({ segment, at, headerBytes, payloadBytes }: Held): Buffer {
    const bodies = segment.bodies ?? this.#load(segment);
    return bodies.subarray(at, at + headerBytes + payloadBytes);
  }

  #load(segment: Segment): Buffer {
    const row = this.#select.get(segment.n);
    const bytes = row?.["bytes"];
    if (!(bytes instanceof Uint8Array) || crc32(bytes) !== row?.["crc"])
      throw damaged(this.#file);
    segment.bodies = asBuffer(bytes);
    this.keep(segment);
    return segment.bodies;
  }
}
