/** Bytes of a block; a frame of more than a quarter gets memory of its own. */
const BLOCK_BYTES = 256 * 1024;
const LONGEST_HEAD = 10;

/** Where a WebSocket frame lies, head included. */
export interface Placed {
  readonly block: Buffer;
  readonly start: number;
  /** Where its text begins. */
  readonly body: number;
  readonly end: number;
}

/** Memory that can still be handed out. */
export interface Arena {
  /** Room for a text frame of exactly `length` bytes: its head is written, its text is the caller's to write at `body`. */
  frame(length: number): Placed;
  /** Places a text frame. */
  text(text: string): Placed;
  /** The current block is still read by somebody after this turn: it is not used again. */
  keep(): void;
  /** The turn is over: frames placed in it are not referred to any more, unless their block was kept. */
  turn(): void;
}

function writeHead(block: Buffer, at: number, length: number): number {
  // A final text frame, unmasked as a server's are (RFC 6455, section 5.2).
  block[at] = 0x81;
  if (length < 126) {
    block[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    block[at + 1] = 126;
    block[at + 2] = length >>> 8;
    block[at + 3] = length & 0xff;
    return at + 4;
  }
  block[at + 1] = 127;
  block.writeUIntBE(0, at + 2, 2);
  block.writeUIntBE(length, at + 4, 6);
  return at + LONGEST_HEAD;
}

/** Frames of a turn, one behind the other: what a socket gets in a turn is mostly one piece of it, and the same piece for all who get the same. */
export function createArena(): Arena {
  let block = Buffer.allocUnsafeSlow(0);
  let at = 0;
  let kept = true;

  const arena: Arena = {
    frame(length) {
      const most = length + LONGEST_HEAD;
      if (most > BLOCK_BYTES / 4) {
        const own = Buffer.allocUnsafeSlow(most);
        const body = writeHead(own, 0, length);
        return { block: own, start: 0, body, end: body + length };
      }
      if (at + most > block.length) {
        block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
        at = 0;
        kept = false;
      }
      const start = at;
      const body = writeHead(block, start, length);
      at = body + length;
      return { block, start, body, end: at };
    },
    text(text) {
      const placed = arena.frame(Buffer.byteLength(text));
      placed.block.write(text, placed.body);
      return placed;
    },
    keep() {
      kept = true;
    },
    turn() {
      if (kept) block = Buffer.allocUnsafeSlow(0);
      at = 0;
    },
  };
  return arena;
}
