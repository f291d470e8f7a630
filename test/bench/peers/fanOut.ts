/** One publisher and many subscribers on bare TCP sockets: what arrives is counted in bytes, so that the counting is the same for everybody and costs next to nothing. */
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { ENVELOPE_SUBPROTOCOL } from "../../../src/protocol/envelope.ts";
import { openCorked } from "./corked.ts";
import type { Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

/** Somebody who passes one message on to many. */
export interface FanOut {
  /** Publishes once; the bytes each subscriber gets for it are always as many. */
  publish(count: number): void;
  readonly subscribers: readonly Socket[];
  close(): Promise<void>;
}

async function openSocket({ port }: Target): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.setNoDelay(true);
  return socket;
}

/** Reads until the text has come, and throws nothing away that matters: the server is silent after it. */
async function until(socket: Socket, text: string): Promise<void> {
  let seen = "";
  while (!seen.includes(text)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    seen += chunk.toString("latin1");
  }
}

/** A masked client frame of text. */
function clientFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.from([
    0x81,
    0x80 | 126,
    body.length >> 8,
    body.length & 255,
  ]);
  for (const [at, byte] of body.entries())
    body[at] = byte ^ (mask[at & 3] ?? 0);
  return Buffer.concat([head, mask, body]);
}

async function upgrade(
  target: Target,
  path: string,
  protocol: string,
): Promise<Socket> {
  const socket = await openSocket(target);
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${String(target.port)}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      ...(target.token === "" ? [] : [`Authorization: Bearer ${target.token}`]),
      "",
      "",
    ].join("\r\n"),
  );
  await until(socket, "\r\n\r\n");
  return socket;
}

/** Subscribers of a live topic of our hub. */
export async function hubFanOut(
  target: Target,
  count: number,
): Promise<FanOut> {
  const topic = `bench-${randomUUID().slice(0, 8)}`;
  const publisher = await openCorked(
    `ws://127.0.0.1:${String(target.port)}/ws`,
    ENVELOPE_SUBPROTOCOL,
    target.token,
  );
  const subscribers: Socket[] = [];
  for (let n = 0; n < count; n += 1) {
    const socket = await upgrade(target, "/ws", ENVELOPE_SUBPROTOCOL);
    const heard = until(socket, '"result"');
    socket.write(
      clientFrame(
        JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "envelope/subscribe",
          params: { topics: [topic], padding: "x".repeat(60) },
        }),
      ),
    );
    await heard;
    subscribers.push(socket);
  }
  // As long each time, so that bytes can be counted.
  let last = 1_000_000;
  return {
    subscribers,
    publish(howMany) {
      publisher.send(
        Array.from({ length: howMany }, () => {
          last += 1;
          return `!{"id":"n${String(last)}","to":"topic:${topic}"}\n${PAYLOAD}`;
        }),
      );
    },
    async close() {
      for (const socket of subscribers) socket.destroy();
      await publisher.close();
    },
  };
}

/** Subscribers of the bare fan-out: one frame, shared, written in batches. */
export async function bareFanOut(
  target: Target,
  count: number,
): Promise<FanOut> {
  const publisher = await openCorked(
    `ws://127.0.0.1:${String(target.port)}/publish`,
    "relay",
    "",
  );
  const subscribers: Socket[] = [];
  for (let n = 0; n < count; n += 1)
    subscribers.push(await upgrade(target, "/subscribe", "relay"));
  return {
    subscribers,
    publish(howMany) {
      publisher.send(Array.from({ length: howMany }, () => PAYLOAD));
    },
    async close() {
      for (const socket of subscribers) socket.destroy();
      await publisher.close();
    },
  };
}

/** Subscribers of a NATS subject. */
export async function natsFanOut(
  target: Target,
  count: number,
): Promise<FanOut> {
  const open = async (): Promise<Socket> => {
    const socket = await openSocket(target);
    await until(socket, "\r\n");
    socket.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
    return socket;
  };
  const publisher = await open();
  publisher.resume();
  const subscribers: Socket[] = [];
  for (let n = 0; n < count; n += 1) {
    const socket = await open();
    const heard = until(socket, "PONG");
    socket.write("SUB bench 1\r\nPING\r\n");
    await heard;
    subscribers.push(socket);
  }
  const message = `PUB bench ${String(PAYLOAD.length)}\r\n${PAYLOAD}\r\n`;
  return {
    subscribers,
    publish(howMany) {
      publisher.write(message.repeat(howMany));
    },
    close() {
      for (const socket of subscribers) socket.destroy();
      publisher.destroy();
      return Promise.resolve();
    },
  };
}

/** Deliveries per second of `total` messages to every subscriber, a window of them on their way at any time. */
export async function measureFanOut(
  fanOut: FanOut,
  total: number,
): Promise<number> {
  const { subscribers } = fanOut;
  const WINDOW = 200;
  // One message alone tells how many bytes it is.
  const size = await new Promise<number>((resolve) => {
    const seen = new Map<Socket, number>();
    let quiet: NodeJS.Timeout | undefined;
    for (const socket of subscribers)
      socket.on("data", (chunk: Buffer) => {
        seen.set(socket, (seen.get(socket) ?? 0) + chunk.length);
        clearTimeout(quiet);
        quiet = setTimeout(() => {
          resolve(Math.max(...seen.values()));
        }, 100);
      });
    fanOut.publish(1);
  });
  for (const socket of subscribers) socket.removeAllListeners("data");
  let sent = 0;
  let bytes = 0;
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const refill = (): void => {
      const done = bytes / (size * subscribers.length);
      if (done >= total) {
        resolve();
        return;
      }
      const room = Math.min(WINDOW - Math.floor(sent - done), total - sent);
      if (room < WINDOW / 4 && sent + room < total) return;
      if (room <= 0) return;
      sent += room;
      fanOut.publish(room);
    };
    for (const socket of subscribers)
      socket.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        refill();
      });
    refill();
  });
  return (total * subscribers.length) / ((performance.now() - start) / 1000);
}
