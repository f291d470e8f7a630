/** A client of the WebSocket binding, written from its rules and not from the hub's code. */
import { once } from "node:events";
import WebSocket from "ws";
import type { Transport } from "../../src/ports.ts";

export interface WireFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** An error answer, as it came. */
export class Refused extends Error {
  readonly error: WireFailure;
  constructor(error: WireFailure) {
    super(error.message);
    this.error = error;
  }
}

interface Frame {
  readonly id?: number | null;
  readonly result?: unknown;
  readonly error?: WireFailure;
  readonly streamEnd?: boolean;
}

export interface WebSocketClient {
  readonly socket: WebSocket;
  call(method: string, params: unknown): Promise<unknown>;
  stream(method: string, params: unknown): AsyncGenerator<unknown, void>;
  /** Sends anything and waits for the next frame without a waiting owner. */
  raw(frame: string): Promise<Frame>;
  close(): Promise<void>;
}

/** Opens an authenticated socket; rejects when the hub does not upgrade. */
export async function openSocket(
  wsUrl: string,
  token: string,
): Promise<WebSocket> {
  const socket = new WebSocket(wsUrl, ["a2a.v1"], {
    headers: { authorization: `Bearer ${token}`, "a2a-version": "1.0" },
  });
  await once(socket, "open");
  return socket;
}

/** The agent's end of a socket. */
export function transportOf(socket: WebSocket): Transport {
  return {
    send: (frame) => {
      socket.send(frame);
    },
    onFrame: (listener) => {
      socket.on("message", (data: Buffer) => {
        listener(data.toString("utf8"));
      });
    },
    onClose: (listener) => {
      socket.on("close", (_code, reason) => {
        listener(reason.toString("utf8"));
      });
    },
    close: () => {
      socket.close();
    },
  };
}

export async function openWebSocketClient(
  wsUrl: string,
  token: string,
): Promise<WebSocketClient> {
  const socket = await openSocket(wsUrl, token);
  const hear = new Map<number, (frame: Frame) => void>();
  const strays: ((frame: Frame) => void)[] = [];
  let lastId = 0;
  socket.on("message", (data: Buffer) => {
    const frame = JSON.parse(data.toString("utf8")) as Frame;
    const listener =
      typeof frame.id === "number" ? hear.get(frame.id) : undefined;
    if (listener === undefined) strays.shift()?.(frame);
    else listener(frame);
  });

  function send(id: number, rest: object): void {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, ...rest }));
  }

  return {
    socket,
    call(method, params) {
      const id = (lastId += 1);
      return new Promise((resolve, reject) => {
        hear.set(id, (frame) => {
          hear.delete(id);
          if (frame.error === undefined) resolve(frame.result);
          else reject(new Refused(frame.error));
        });
        send(id, { method, params });
      });
    },
    async *stream(method, params) {
      const id = (lastId += 1);
      const frames: Frame[] = [];
      let wake: () => void = () => undefined;
      hear.set(id, (frame) => {
        frames.push(frame);
        wake();
      });
      send(id, { method, params });
      let ended = false;
      try {
        for (;;) {
          const frame = frames.shift();
          if (frame === undefined)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          else if (frame.error !== undefined) {
            ended = true;
            throw new Refused(frame.error);
          } else if (frame.streamEnd === true) {
            ended = true;
            return;
          } else yield frame.result;
        }
      } finally {
        if (!ended) send(id, { cancelStream: true });
      }
    },
    raw(frame) {
      return new Promise((resolve) => {
        strays.push(resolve);
        socket.send(frame);
      });
    },
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}
