import type { WebSocket } from "ws";
import { cleaned } from "../talk/cleaned.ts";
import { peerRefused } from "./trouble.ts";

/** Longest reason a close frame can carry, bytes. */
const MAX_REASON_BYTES = 123;
/** Time for the other side to answer a close, ms. */
const CLOSING_MS = 500;
/** Frames of one piece of the stream that may wait while nobody asks for them. */
const MAX_KEPT = 4096;

/** Close codes of links. 1000: as agreed; 4000: the protocol was broken; 4001: not known here, or not any more; 4008: too slow; 4029: too much. */
export const CLOSE = {
  done: 1000,
  protocol: 4000,
  refused: 4001,
  slow: 4008,
  flood: 4029,
} as const;
type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** A WebSocket between hubs: text frames, one at a time or as they come. */
export interface Wire {
  send(text: string): void;
  /** Bytes that wait to be sent. */
  waiting(): number;
  /** The next frame; nothing more is read until it is asked for. Rejects with `peer-refused` when the other side ended it, with the signal's reason when aborted. */
  next(signal: AbortSignal): Promise<string>;
  /** From here on every frame goes to the listener, those that are here already first. */
  onFrame(listener: (text: string) => void): void;
  pause(): void;
  resume(): void;
  /** Ends it; frames that come after the call are dropped. Sent frames and the reason still go out. */
  close(code: CloseCode, why: string): void;
  /** Ends it at once, whatever waits. */
  destroy(why: string): void;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<string>;
  readonly isOpen: boolean;
}

/** Takes over an open WebSocket, nothing of which was read. */
export function createWire(socket: WebSocket): Wire {
  const kept: string[] = [];
  let taker: ((text: string) => void) | undefined;
  let listener: ((text: string) => void) | undefined;
  let why: string | undefined;
  let tellEnded: (why: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    tellEnded = resolve;
  });

  function end(reason: string): void {
    if (why !== undefined) return;
    why = reason;
    kept.length = 0;
    tellEnded(reason);
  }

  function close(code: CloseCode, reason: string): void {
    if (why !== undefined) return;
    end(reason);
    const bytes = Buffer.from(reason).subarray(0, MAX_REASON_BYTES);
    // Half a character at the end would not be UTF-8.
    socket.close(code, bytes.toString("utf8").replace(/\ufffd$/, ""));
    // Its answer to the close has to be read.
    socket.resume();
    lapse();
  }

  /** Waits for the other side's part of a close, but not for long. */
  function lapse(): void {
    const timer = setTimeout(() => {
      socket.terminate();
    }, CLOSING_MS);
    socket.once("close", () => {
      clearTimeout(timer);
    });
  }

  function odd(reason: string): void {
    close(CLOSE.protocol, reason);
  }

  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (why !== undefined) return;
    if (isBinary) {
      odd("text frames only");
      return;
    }
    const text = data.toString("utf8");
    if (listener !== undefined) listener(text);
    else if (taker !== undefined) {
      const take = taker;
      taker = undefined;
      socket.pause();
      take(text);
    } else if (kept.length < MAX_KEPT) kept.push(text);
    else odd("too much before it was asked for");
  });
  socket.on("close", (code: number, reason: Buffer) => {
    const words = cleaned(reason.toString("utf8"), MAX_REASON_BYTES);
    end(words === "" ? `the connection was lost (${String(code)})` : words);
  });
  // `close` follows and carries the consequence; without a listener the process would end.
  socket.on("error", (error) => {
    end(cleaned(error.message, MAX_REASON_BYTES));
    lapse();
  });
  // Heartbeats are frames of ours; nobody has a reason to send these.
  socket.on("ping", () => {
    odd("no pings of WebSocket here");
  });
  socket.on("pong", () => {
    odd("no pongs of WebSocket here");
  });
  socket.pause();

  return {
    ended,
    get isOpen() {
      return why === undefined;
    },
    send(text) {
      if (why === undefined) socket.send(text);
    },
    waiting: () => socket.bufferedAmount,
    next(signal) {
      const first = kept.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          taker = undefined;
          reject(signal.reason as Error);
        };
        if (signal.aborted) {
          stop();
          return;
        }
        signal.addEventListener("abort", stop, { once: true });
        taker = (text) => {
          signal.removeEventListener("abort", stop);
          resolve(text);
        };
        void ended.then((reason) => {
          signal.removeEventListener("abort", stop);
          reject(peerRefused(`The other hub ended the connection: ${reason}.`));
        });
        socket.resume();
      });
    },
    onFrame(hear) {
      listener = hear;
      for (const text of kept.splice(0)) if (why === undefined) hear(text);
      socket.resume();
    },
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
    close,
    destroy(reason) {
      end(reason);
      socket.terminate();
    },
  };
}
