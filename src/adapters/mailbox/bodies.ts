import { crc32 } from "node:zlib";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import type { Letter } from "../../ports.ts";
import { asBuffer } from "./bytes.ts";
import type { Held, Segment } from "./holdings.ts";
import { damaged } from "./trouble.ts";

/** Bodies that were written or read last stay in memory, so that delivery seldom reads back what was just written. */
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

  /** The bytes of a segment are in memory now. */
  keep(segment: Segment): void {
    this.#cached.add(segment);
    this.#bytes += segment.bodyBytes;
    for (const oldest of this.#cached) {
      if (oldest === segment) break;
      // What nobody waits for has let go of its bytes by itself.
      if (oldest.bodies !== undefined && this.#bytes <= this.#mostBytes) break;
      this.#cached.delete(oldest);
      this.#bytes -= oldest.bodyBytes;
      oldest.bodies = undefined;
      oldest.headers = undefined;
    }
  }

  /** The letter as it was stored. Throws `mailbox-corrupt` when its bytes are not. */
  read(held: Held): Letter {
    const { segment, at, slot, headerBytes, payloadBytes } = held;
    const bodies = segment.bodies ?? this.#load(segment);
    const from = at + headerBytes;
    const payload = bodies.subarray(from, from + payloadBytes);
    const header =
      segment.headers?.[slot] ??
      (JSON.parse(bodies.toString("utf8", at, from)) as EnvelopeHeader);
    return { header, payload };
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
