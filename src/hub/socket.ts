import type { WebSocket } from "ws";
import type { Transport } from "../ports.ts";

/** Most bytes that may wait for a slow reader before it is cut off. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
/** As little as this counts as read, bytes. */
const FEW_BYTES = 1024 * 1024;
/** Longest reason a close frame can carry, bytes. */
const MAX_REASON_BYTES = 123;

/** Why channels end when the hub does. */
export const HUB_CLOSED = "the hub has closed";

/** Close codes of our binding. 1001: the hub ends; 1003: binary frame; 1009: frame too large (by `ws`); 4000: protocol broken; 4008: reader too slow. */
const CLOSE_CODE = {
  away: 1001,
  binary: 1003,
  protocol: 4000,
  slow: 4008,
} as const;

function clip(reason: string): string {
  return Buffer.from(reason).subarray(0, MAX_REASON_BYTES).toString("utf8");
}

/** A {@link Transport} over an open WebSocket. A binary frame and a reader that is 16 MiB behind end it. */
export function socketTransport(socket: WebSocket): Transport {
  const waiting: string[] = [];
  let hear: ((frame: string) => void) | undefined;
  let closed: string | undefined;
  const tellClosed: ((why: string) => void)[] = [];

  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      socket.close(CLOSE_CODE.binary, "text frames only");
      return;
    }
    const frame = data.toString("utf8");
    if (hear === undefined) waiting.push(frame);
    else hear(frame);
  });
  function end(why: string): void {
    if (closed !== undefined) return;
    closed = why;
    for (const tell of tellClosed.splice(0)) tell(why);
  }

  socket.on("close", (code: number, reason: Buffer) => {
    const words = reason.toString("utf8");
    end(words === "" ? `closed (${String(code)})` : words);
  });
  // `close` follows and carries the consequence; without a listener the process would end.
  socket.on("error", () => undefined);

  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(frame);
      if (socket.bufferedAmount <= MAX_BUFFERED_BYTES) return;
      // Who still reads learns why after what was sent; `ws` ends those who do not.
      socket.close(CLOSE_CODE.slow, "reader too slow");
      end("reader too slow");
    },
    onFrame(listener) {
      hear = listener;
      for (const frame of waiting.splice(0)) listener(frame);
    },
    onClose(listener) {
      if (closed === undefined) tellClosed.push(listener);
      else listener(closed);
    },
    close(why) {
      const code = why === HUB_CLOSED ? CLOSE_CODE.away : CLOSE_CODE.protocol;
      socket.close(code, clip(why));
    },
    drained: () =>
      new Promise((resolve) => {
        if (closed !== undefined || socket.bufferedAmount <= FEW_BYTES)
          resolve();
        // A ping is written after all that waits, or never because the socket is gone.
        else
          socket.ping(undefined, undefined, () => {
            resolve();
          });
      }),
  };
}
