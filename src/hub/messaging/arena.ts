/** Bytes of a block; a frame of more than a quarter gets memory of its own. */
const BLOCK_BYTES = 256 * 1024;
/** Blocks that are kept for later. */
const MAX_FREE = 16;
const LONGEST_HEAD = 10;

/** A piece of memory that frames lie in. */
export interface Block {
  readonly bytes: Buffer;
  /** Who still reads it when its turn is over. */
  users: number;
  /** Frames of this turn lie in it. */
  busy: boolean;
}

/** Where a WebSocket frame lies, head included. */
export interface Placed {
  readonly block: Block;
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
  /** The block is read after this turn too, until it is released as often. */
  hold(block: Block): void;
  release(block: Block): void;
  /** The turn is over: what was placed in it is not referred to any more, unless its block is held. */
  turn(): void;
}

function writeHead(bytes: Buffer, at: number, length: number): number {
  // A final text frame, unmasked as a server's are (RFC 6455, section 5.2).
  bytes[at] = 0x81;
  if (length < 126) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    bytes[at + 1] = 126;
    bytes[at + 2] = length >>> 8;
    bytes[at + 3] = length & 0xff;
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeUIntBE(0, at + 2, 2);
  bytes.writeUIntBE(length, at + 4, 6);
  return at + LONGEST_HEAD;
}

function createBlock(size: number): Block {
  return { bytes: Buffer.allocUnsafeSlow(size), users: 0, busy: true };
}

/** Frames of a turn, one behind the other: what a socket gets in a turn is mostly one piece of it, and the same piece for all who get the same. */
export function createArena(): Arena {
  const free: Block[] = [];
  /** Blocks of this turn that are full. */
  let full: Block[] = [];
  let current: Block | undefined;
  let at = 0;

  function idle(block: Block): void {
    if (block.bytes.length === BLOCK_BYTES && free.length < MAX_FREE)
      free.push(block);
  }

  function fresh(): Block {
    if (current !== undefined) full.push(current);
    current = free.pop() ?? createBlock(BLOCK_BYTES);
    current.busy = true;
    at = 0;
    return current;
  }

  function frame(length: number): Placed {
    const most = length + LONGEST_HEAD;
    if (most > BLOCK_BYTES / 4) {
      const block = createBlock(most);
      const body = writeHead(block.bytes, 0, length);
      return { block, start: 0, body, end: body + length };
    }
    const block =
      current === undefined || at + most > BLOCK_BYTES ? fresh() : current;
    const start = at;
    const body = writeHead(block.bytes, start, length);
    at = body + length;
    return { block, start, body, end: at };
  }

  return {
    frame,
    text(text) {
      const placed = frame(Buffer.byteLength(text));
      placed.block.bytes.write(text, placed.body);
      return placed;
    },
    hold(block) {
      block.users += 1;
    },
    release(block) {
      block.users -= 1;
      if (block.users === 0 && !block.busy) idle(block);
    },
    turn() {
      const over = full;
      full = [];
      at = 0;
      if (current !== undefined && current.users > 0) {
        over.push(current);
        current = undefined;
      }
      for (const block of over) {
        block.busy = false;
        if (block.users === 0) idle(block);
      }
    },
  };
}
