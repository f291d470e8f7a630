import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Block, Placed } from "./arena.ts";
import type { Lanes } from "./lanes.ts";
import { createLanes, RPC_LANE } from "./lanes.ts";
import type { Wires } from "./wires.ts";

/** What may wait for one reader, bytes: of messages, and of everything. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_BYTES = 16 * 1024 * 1024;
/** More than this waiting, and who sends to this reader alone is slowed down. */
const CROWDED_BYTES = 256 * 1024;
/** A reader that takes nothing for so long while messages for it are dropped is cut off, ms. */
const CUT_OFF_MS = 30_000;
/** More than this in one turn is written before the turn is over. */
const TURN_BYTES = 128 * 1024;
/** Most bytes of one write of what had to wait. */
const WRITE_BYTES = 256 * 1024;
/** Less than this is copied when it has to wait: a slow reader must not hold the memory of every turn it was slow in. */
const WORTH_HOLDING_BYTES = 32 * 1024;

/** Frames that follow one another in memory and may be written in one piece. */
interface Run {
  readonly block: Block;
  readonly start: number;
  end: number;
  readonly priority: number;
  readonly expiresAt: number;
}

/**
 * What goes out on one WebSocket. Frames of a turn leave in one write; while the reader is behind they wait by priority, so many bytes of
 * them. Frames are written on the socket below, whole ones only, and none after the close frame; `ws` writes its own control frames between them.
 */
export class Wire {
  readonly #wires: Wires;
  readonly #socket: WebSocket;
  readonly #duplex: Duplex;
  readonly #cutOff: () => void;
  #runs: Run[] = [];
  #turnBytes = 0;
  #dirty = false;
  #lanes: Lanes | undefined;
  #tell: (() => void)[] | undefined;
  #written: ((error: Error | null | undefined) => void) | undefined;
  /** Writes whose end has not been told. */
  #underWay = 0;
  /** Blocks that the system still reads. */
  #held: Block[] = [];
  #stalled = false;
  /** When the reader last took something while it was behind, ms since 1970. */
  #tookAt = 0;

  /** `cutOff` ends the socket of a reader that does not keep up. */
  constructor(
    wires: Wires,
    socket: WebSocket,
    duplex: Duplex,
    cutOff: () => void,
  ) {
    this.#wires = wires;
    this.#cutOff = cutOff;
    this.#socket = socket;
    this.#duplex = duplex;
  }

  /** Bytes the reader has yet to take, those of this turn not counted. */
  get waiting(): number {
    return this.#lanes === undefined
      ? 0
      : this.#lanes.bytes() + this.#duplex.writableLength;
  }

  /** Whether so much waits that senders should be slowed down. */
  get crowded(): boolean {
    return this.#lanes !== undefined && this.waiting > CROWDED_BYTES;
  }

  /** Whether senders need not wait for it: it has been behind for too long. */
  get stalled(): boolean {
    return this.#stalled;
  }

  /** Nobody waits for it any more, until it has caught up. */
  stall(): void {
    this.#stalled = this.#lanes !== undefined;
  }

  /** Whether the reader is there. */
  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Calls back once the reader is hardly behind any more, or gone. */
  onceFree(tell: () => void): void {
    (this.#tell ??= []).push(tell);
  }

  /** Puts a message on the wire; false when the reader is gone or too far behind: then it was not taken. */
  message(placed: Placed, priority: number, expiresAt: number): boolean {
    if (!this.open) return false;
    const size = placed.end - placed.start;
    if (this.#lanes !== undefined) {
      const waiting = this.waiting;
      if (waiting > 0 && waiting + this.#turnBytes + size > MAX_MESSAGE_BYTES) {
        this.#checkProgress();
        return false;
      }
    }
    this.#add(placed, priority, expiresAt);
    return true;
  }

  /** Puts a JSON-RPC frame on the wire; a reader that is too far behind for it is cut off. */
  text(frame: string): void {
    if (!this.open) return;
    this.#add(this.#wires.arena.text(frame), RPC_LANE, 0);
    if (this.waiting + this.#turnBytes > MAX_BYTES) this.#cutOff();
  }

  /** Writes what is due, without waiting for room: what comes after is the close frame. */
  finish(): void {
    if (!this.open) return;
    this.flush();
    for (;;) {
      const item = this.#lanes?.take();
      if (item === undefined) return;
      this.#duplex.write(item.bytes);
    }
  }

  /** Writes what this turn has gathered, or puts it behind what already waits. */
  flush(): void {
    this.#dirty = false;
    const runs = this.#runs;
    if (runs.length === 0) return;
    this.#runs = [];
    this.#turnBytes = 0;
    if (!this.open) return;
    if (this.#lanes !== undefined) this.#queue(this.#lanes, runs);
    else this.#write(runs);
  }

  /** The socket has ended: nobody need wait for it. */
  ended(): void {
    this.#lanes = undefined;
    // Whatever the system still does with them, nothing is written there again.
    this.#held = [];
    this.#runs = [];
    this.#free();
  }

  #add(placed: Placed, priority: number, expiresAt: number): void {
    const last = this.#runs.at(-1);
    if (
      last?.end === placed.start &&
      last.block === placed.block &&
      last.priority === priority &&
      last.expiresAt === 0 &&
      expiresAt === 0
    )
      last.end = placed.end;
    else
      this.#runs.push({
        block: placed.block,
        start: placed.start,
        end: placed.end,
        priority,
        expiresAt,
      });
    this.#turnBytes += placed.end - placed.start;
    if (!this.#dirty) {
      this.#dirty = true;
      this.#wires.later(this);
    }
    if (this.#turnBytes > TURN_BYTES) {
      this.flush();
      // It is on the list of this turn already.
      this.#dirty = true;
    }
  }

  #write(runs: Run[]): void {
    this.#written ??= (error) => {
      this.#underWay -= 1;
      // Of several writes only the last one's end tells that the system has taken them all.
      if (this.#underWay === 0) this.#drained(error);
    };
    this.#underWay += 1;
    const [first] = runs;
    const single = runs.length === 1 ? first?.block : undefined;
    this.#duplex.write(pieceOf(runs), this.#written);
    if (this.#duplex.writableLength === 0) return;
    // The reader is behind, and the system has yet to take what was written.
    if (single !== undefined) this.#hold(single);
    this.#lanes = createLanes();
    this.#tookAt = this.#wires.now();
  }

  #hold(block: Block): void {
    this.#wires.arena.hold(block);
    this.#held.push(block);
  }

  #queue(lanes: Lanes, runs: readonly Run[]): void {
    for (const { block, start, end, priority, expiresAt } of runs) {
      const bytes = block.bytes.subarray(start, end);
      if (bytes.length < WORTH_HOLDING_BYTES)
        lanes.add(priority, { bytes: Buffer.from(bytes), expiresAt });
      else {
        this.#wires.arena.hold(block);
        lanes.add(priority, { bytes, block, expiresAt });
      }
    }
  }

  #drained(error: Error | null | undefined): void {
    const lanes = this.#lanes;
    if (lanes === undefined) return;
    if (!this.open || error) {
      this.ended();
      return;
    }
    for (const block of this.#held.splice(0)) this.#wires.arena.release(block);
    this.#tookAt = this.#wires.now();
    const bytes = this.#writeWaiting(lanes);
    if (bytes === 0) {
      this.#lanes = undefined;
      this.#free();
    } else if (lanes.bytes() < CROWDED_BYTES / 2) this.#free();
  }

  /** Writes the next of what waits; returns how many bytes that is. */
  #writeWaiting(lanes: Lanes): number {
    const { arena } = this.#wires;
    const pieces: Buffer[] = [];
    let bytes = 0;
    let late = 0;
    while (bytes < WRITE_BYTES) {
      const item = lanes.take();
      if (item === undefined) break;
      const { block } = item;
      if (item.expiresAt !== 0 && item.expiresAt <= this.#tookAt) {
        late += 1;
        if (block !== undefined) arena.release(block);
        continue;
      }
      // Held since it was put here.
      if (block !== undefined) this.#held.push(block);
      pieces.push(item.bytes);
      bytes += item.bytes.length;
    }
    if (late > 0) this.#wires.expired(late);
    const last = pieces.pop();
    if (last === undefined) return 0;
    this.#duplex.cork();
    for (const piece of pieces) this.#duplex.write(piece);
    this.#underWay += 1;
    this.#duplex.write(last, this.#written);
    this.#duplex.uncork();
    return bytes;
  }

  #checkProgress(): void {
    if (this.#wires.now() - this.#tookAt >= CUT_OFF_MS) this.#cutOff();
  }

  #free(): void {
    this.#stalled = false;
    const waiting = this.#tell;
    if (waiting === undefined) return;
    this.#tell = undefined;
    for (const tell of waiting) tell();
  }
}

function pieceOf(runs: Run[]): Buffer {
  const [first] = runs;
  if (first !== undefined && runs.length === 1)
    return first.block.bytes.subarray(first.start, first.end);
  if (runs.some(({ priority }) => priority !== first?.priority))
    runs.sort((a, b) => b.priority - a.priority);
  return Buffer.concat(
    runs.map(({ block, start, end }) => block.bytes.subarray(start, end)),
  );
}
