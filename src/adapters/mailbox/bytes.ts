/** Bytes of whole numbers and short texts, one after the other. */

/** Largest number six bytes hold. */
export const MAX_U48 = 2 ** 48 - 1;

/** Writes into a buffer that grows; `take` empties it. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(16_384);
  #at = 0;

  u8(value: number): void {
    this.#room(1);
    this.#at = this.#bytes.writeUInt8(value, this.#at);
  }

  u16(value: number): void {
    this.#room(2);
    this.#at = this.#bytes.writeUInt16BE(value, this.#at);
  }

  u32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
  }

  u48(value: number): void {
    this.#room(6);
    this.#at = this.#bytes.writeUIntBE(value, this.#at, 6);
  }

  /** UTF-8, at most 65,535 bytes. */
  text(text: string): void {
    this.#room(2 + text.length * 3);
    const length = this.#bytes.write(text, this.#at + 2);
    this.u16(length);
    this.#at += length;
  }

  /** A copy of what was written since the last `take`. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe((this.#at + bytes) * 2);
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

/** Reads what a {@link ByteWriter} wrote; throws a `RangeError` beyond the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    return this.#bytes.readUInt8((this.#at += 1) - 1);
  }

  u16(): number {
    return this.#bytes.readUInt16BE((this.#at += 2) - 2);
  }

  u32(): number {
    return this.#bytes.readUInt32BE((this.#at += 4) - 4);
  }

  u48(): number {
    return this.#bytes.readUIntBE((this.#at += 6) - 6, 6);
  }

  text(): string {
    const length = this.u16();
    return this.#bytes.toString("utf8", this.#at, (this.#at += length));
  }
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
