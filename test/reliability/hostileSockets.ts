/** Sockets that mean no good, written with bytes of their own. */
import { connect, type Socket } from "node:net";
import type { Discovered } from "../../src/hub/discovery.ts";
import { gone } from "./gone.ts";
import type { Seeded } from "./seeded.ts";

/** What one of them knows: the hub's place and, the worst of them, its token. */
interface Scene {
  readonly socket: Socket;
  readonly host: string;
  readonly token: string;
  readonly random: Seeded;
  /** Has shown the token and speaks WebSocket. */
  upgrade(): Promise<void>;
}

function head(
  host: string,
  more: readonly string[] = [],
  route = "POST /rpc",
): string {
  return [`${route} HTTP/1.1`, `Host: ${host}`, ...more, "", ""].join("\r\n");
}

function json(token: string): readonly string[] {
  return [`Authorization: Bearer ${token}`, "Content-Type: application/json"];
}

function upgrading(token: string): readonly string[] {
  return [
    `Authorization: Bearer ${token}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: roundtable.v1",
  ];
}

function noise(bytes: number, random: Seeded): Buffer {
  return Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
}

/** A WebSocket frame as its bytes say it, right or wrong; the mask is zero. */
function frame(first: number, payload: string | Buffer, masked = true): Buffer {
  const body = Buffer.from(payload);
  const size =
    body.length < 126
      ? [body.length]
      : [126, body.length >> 8, body.length & 255];
  const [short = 0, ...long] = size;
  const mask = masked ? [0, 0, 0, 0] : [];
  return Buffer.concat([
    Buffer.from([first, short | (masked ? 128 : 0), ...long, ...mask]),
    body,
  ]);
}

/** Writes piece by piece for as long as the hub listens. */
async function drip(
  socket: Socket,
  text: string,
  everyMs: number,
): Promise<void> {
  for (const piece of text) {
    if (!socket.writable) return;
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** What they do, by name; whoever is still connected afterwards hangs up without a word, or with the word said here. */
const ATTACKS: Readonly<
  Record<string, (scene: Scene) => void | Promise<void>>
> = {
  "half-open"({ socket }) {
    socket.end();
  },
  "says nothing"({ socket }) {
    socket.resume();
  },
  slowloris({ socket, host }) {
    return drip(socket, head(host, [`X: ${"x".repeat(200)}`]), 60);
  },
  "slowloris with the token"({ socket, host, token }) {
    socket.write(head(host, [...json(token), "Content-Length: 100"]));
    return drip(socket, "{".repeat(60), 40);
  },
  garbage({ socket, random }) {
    socket.write(noise(1 + random.below(4000), random));
  },
  "TLS hello"({ socket, random }) {
    socket.write(
      Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1]), noise(500, random)]),
    );
  },
  "huge header"({ socket, host }) {
    socket.write(head(host, [`X: ${"x".repeat(100_000)}`]));
  },
  "many headers"({ socket, host }) {
    socket.write(
      head(
        host,
        Array.from({ length: 2000 }, (_, n) => `x${n}: 1`),
      ),
    );
  },
  "long URL"({ socket, host, token }) {
    socket.write(head(host, json(token), `GET /${"x".repeat(7000)}`));
  },
  "upgrade without a token"({ socket, host }) {
    socket.write(head(host, upgrading("wrong"), "GET /ws"));
  },
  "upgrade without a key"({ socket, host, token }) {
    socket.write(
      head(
        host,
        upgrading(token).filter(
          (line) => !line.startsWith("Sec-WebSocket-Key"),
        ),
        "GET /ws",
      ),
    );
  },
  "upgrade of another version"({ socket, host, token }) {
    socket.write(
      head(
        host,
        upgrading(token).map((line) =>
          line.replace("Version: 13", "Version: 99"),
        ),
        "GET /ws",
      ),
    );
  },
  "upgrade to something else"({ socket, host, token }) {
    socket.write(
      head(
        host,
        upgrading(token).map((line) => line.replace("websocket", "h2c")),
        "GET /ws",
      ),
    );
  },
  "upgrade with a body"({ socket, host, token, random }) {
    socket.write(
      head(host, [...upgrading(token), "Content-Length: 50"], "GET /ws"),
    );
    socket.write(noise(50, random));
  },
  "two lengths"({ socket, host, token }) {
    socket.write(
      `${head(host, [...json(token), "Content-Length: 5", "Transfer-Encoding: chunked"])}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    );
  },
  "broken chunks"({ socket, host, token }) {
    socket.write(
      `${head(host, [...json(token), "Transfer-Encoding: chunked"])}fffffffffffffffff\r\nx`,
    );
  },
  "more than it said"({ socket, host, token, random }) {
    socket.write(head(host, [...json(token), "Content-Length: 2"]));
    socket.write(Buffer.concat([Buffer.from("{}"), noise(3000, random)]));
  },
  "less than it said"({ socket, host, token }) {
    socket.end(`${head(host, [...json(token), "Content-Length: 200"])}{`);
  },
  "endless pipeline"({ socket, host, token }) {
    socket.write(
      head(host, [`Authorization: Bearer ${token}`], "GET /health").repeat(50),
    );
  },
  "reset in a request"({ socket, host, token }) {
    socket.write(
      `${head(host, [...json(token), "Content-Length: 200"])}{"jsonrpc"`,
    );
  },
  async "reset after the upgrade"({ socket, upgrade }) {
    await upgrade();
    socket.resetAndDestroy();
  },
  async "frame without a mask"({ socket, upgrade }) {
    await upgrade();
    socket.write(
      frame(0x81, '{"jsonrpc":"2.0","id":1,"method":"ListTasks"}', false),
    );
  },
  async "wrong mask"({ socket, upgrade, random }) {
    await upgrade();
    const wrong = frame(0x81, '{"jsonrpc":"2.0","id":1,"method":"ListTasks"}');
    noise(4, random).copy(wrong, 2);
    socket.write(wrong);
  },
  async "frame of 8 EiB"({ socket, upgrade }) {
    await upgrade();
    socket.write(
      Buffer.from([
        0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0,
      ]),
    );
  },
  async "frame of 2 MiB"({ socket, upgrade }) {
    await upgrade();
    socket.write(
      Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0]),
    );
    socket.write(Buffer.alloc(200_000, "x"));
  },
  async "fragments that never end"({ socket, upgrade }) {
    await upgrade();
    socket.write(frame(0x01, "{"));
    for (let count = 0; count < 500; count += 1)
      socket.write(frame(0x00, "x".repeat(2000)));
  },
  async "fragment of nothing"({ socket, upgrade }) {
    await upgrade();
    socket.write(frame(0x80, "x"));
  },
  async "two messages at once"({ socket, upgrade }) {
    await upgrade();
    socket.write(Buffer.concat([frame(0x01, "{"), frame(0x01, "{")]));
  },
  async "reserved bits"({ socket, upgrade, random }) {
    await upgrade();
    socket.write(frame(0x80 | (1 + random.below(127)), "x"));
  },
  async "fragmented ping"({ socket, upgrade }) {
    await upgrade();
    socket.write(frame(0x09, "x".repeat(200)));
  },
  async "pings without end"({ socket, upgrade }) {
    await upgrade();
    socket.write(
      Buffer.concat(Array.from({ length: 2000 }, () => frame(0x89, "ping"))),
    );
  },
  async "close of a wrong code"({ socket, upgrade }) {
    await upgrade();
    socket.write(frame(0x88, Buffer.from([0, 1, 255, 254])));
  },
  async "binary frame"({ socket, upgrade, random }) {
    await upgrade();
    socket.write(frame(0x82, noise(100, random)));
  },
  async "noise after the upgrade"({ socket, upgrade, random }) {
    await upgrade();
    socket.write(noise(2000, random));
  },
};

/** Ways to be hostile. */
export const HOSTILE: readonly string[] = Object.keys(ATTACKS);

/** Connects and does its worst; resolves once the socket is gone. */
export async function attack(
  kind: string,
  { url, token }: Discovered,
  random: Seeded,
): Promise<void> {
  const { host, port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  const closed = gone(socket);
  const answered = new Promise<void>((resolve) => {
    socket.once("data", () => {
      resolve();
    });
  });
  socket.resume();
  const upgrade = async (): Promise<void> => {
    socket.write(head(host, upgrading(token), "GET /ws"));
    await Promise.race([answered, closed]);
  };
  await ATTACKS[kind]?.({ socket, host, token, random, upgrade });
  // The hub need not end those that showed the token: they hang up, one half of them without a word.
  const patience = setTimeout(
    () => {
      if (random.below(2) === 0) socket.resetAndDestroy();
      else socket.destroy();
    },
    kind === "says nothing" ? 8000 : 400 + random.below(400),
  );
  await closed;
  clearTimeout(patience);
}
