import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Transport } from "../ports.ts";
import { ENVELOPE_MARK, ENVELOPE_SUBPROTOCOL } from "../protocol/envelope.ts";
import { Wire } from "./messaging/wire.ts";
import type { Wires } from "./messaging/wires.ts";

/** The first byte of an envelope frame. */
const MARK = ENVELOPE_MARK.charCodeAt(0);
/** As little as this counts as read, bytes. */
const FEW_BYTES = 1024 * 1024;
/** Longest reason a close frame can carry, bytes. */
const MAX_REASON_BYTES = 123;

/** Why channels end when the hub does. */
export const HUB_CLOSED = "the hub has closed";

/** Why a channel ends whose token was revoked, replaced, or is past its time. */
export const TOKEN_ENDED = "the token is no longer good";

/** Close codes of our binding. 1001: the hub ends; 4001: the token is no longer good; 1003: binary frame; 1009: frame too large (by `ws`); 4000: protocol broken; 4008: reader too slow. */
const CLOSE_CODE = {
  away: 1001,
  binary: 1003,
  protocol: 4000,
  token: 4001,
  slow: 4008,
} as const;

const CODE_OF: ReadonlyMap<string, number> = new Map([
  [HUB_CLOSED, CLOSE_CODE.away],
  [TOKEN_ENDED, CLOSE_CODE.token],
]);

function clip(reason: string): string {
  return Buffer.from(reason).subarray(0, MAX_REASON_BYTES).toString("utf8");
}

/** A transport that can also carry envelope frames. */
export interface SocketTransport extends Transport {
  readonly wire: Wire;
  /** Whether the other side chose the subprotocol with envelope frames. */
  readonly envelopes: boolean;
  /** Frames that begin with the mark of envelopes; without a listener they are frames like any other. */
  onEnvelope(listener: (frame: Buffer) => void): void;
  /** Stops reading until {@link SocketTransport.resume}. */
  pause(): void;
  resume(): void;
}

/** A {@link Transport} over an open WebSocket. A binary frame and a reader that is too far behind end it. */
export function socketTransport(
  socket: WebSocket,
  duplex: Duplex,
  wires: Wires,
): SocketTransport {
  const envelopes = socket.protocol === ENVELOPE_SUBPROTOCOL;
  const wire = new Wire(wires, socket, duplex, () => {
    // Who still reads learns why after what was sent; `ws` ends those who do not.
    socket.close(CLOSE_CODE.slow, "reader too slow");
    end("reader too slow");
  });
  let waiting: string[] | undefined;
  let hear: ((frame: string) => void) | undefined;
  let hearEnvelope: ((frame: Buffer) => void) | undefined;
  let closed: string | undefined;
  let tellClosed: ((why: string) => void)[] | undefined;

  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary) socket.close(CLOSE_CODE.binary, "text frames only");
    else if (hearEnvelope !== undefined && data[0] === MARK) hearEnvelope(data);
    else if (hear !== undefined) hear(data.toString("utf8"));
    else (waiting ??= []).push(data.toString("utf8"));
  });
  function end(why: string): void {
    if (closed !== undefined) return;
    closed = why;
    wire.ended();
    for (const tell of tellClosed?.splice(0) ?? []) tell(why);
  }

  socket.on("close", (code: number, reason: Buffer) => {
    const words = reason.toString("utf8");
    end(words === "" ? `closed (${String(code)})` : words);
  });
  // `close` follows and carries the consequence; without a listener the process would end.
  socket.on("error", ignore);

  return {
    wire,
    envelopes,
    send(frame) {
      wire.text(frame);
    },
    onFrame(listener) {
      hear = listener;
      for (const frame of waiting?.splice(0) ?? []) listener(frame);
    },
    onEnvelope(listener) {
      hearEnvelope = envelopes ? listener : undefined;
    },
    onClose(listener) {
      if (closed === undefined) (tellClosed ??= []).push(listener);
      else listener(closed);
    },
    close(why) {
      const code = CODE_OF.get(why) ?? CLOSE_CODE.protocol;
      wire.finish();
      socket.close(code, clip(why));
    },
    drained: () =>
      new Promise((resolve) => {
        if (closed !== undefined || wire.waiting <= FEW_BYTES) resolve();
        else wire.onceFree(resolve);
      }),
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
  };
}

function ignore(): void {
  // Nothing to do.
}
