import { once } from "node:events";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { AddressInfo, Socket } from "node:net";
import { WebSocket } from "ws";
import { channelOf, type Channel } from "../../../src/peering/links/channel.ts";
import type { HubIdentity } from "../../../src/ports/peering.ts";
import { PEER_SUBPROTOCOL } from "../../../src/protocol/peer.ts";
import { PEER_ALPN } from "../../../src/protocol/peerLink.ts";

/** How a stranger calls. */
export interface Shown {
  readonly port: number;
  readonly identity?: HubIdentity;
  readonly protocol?: string;
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
}

/** A TLS client that believes everything; `heard` counts the bytes of application data that came. */
export interface Caller {
  readonly tls: TLSSocket;
  readonly heard: () => number;
  /** Resolves when the other side ended it, with what it was told: nothing, or the reset or alert. */
  readonly ended: Promise<string>;
}

/** Calls a listener with whatever is shown. Resolves once the handshake is done for us or failed. */
export async function callWith(shown: Shown): Promise<Caller> {
  const { port, identity, maxVersion, protocol = PEER_ALPN } = shown;
  const tls = connect({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    ...(maxVersion && { maxVersion }),
    ...(identity && {
      cert: identity.certificate,
      key: identity.certificateKey,
    }),
    ...(protocol !== "" && { ALPNProtocols: [protocol] }),
  });
  let bytes = 0;
  let why = "";
  tls.on("data", (data: Buffer) => {
    bytes += data.length;
  });
  tls.on("error", (error: Error) => {
    why = error.message;
  });
  const ended = new Promise<string>((resolve) => {
    tls.once("close", () => {
      resolve(why);
    });
  });
  await new Promise<void>((resolve) => {
    tls.once("secureConnect", resolve);
    void ended.then(() => {
      resolve();
    });
  });
  return { tls, heard: () => bytes, ended };
}

/** An open WebSocket to a listener, past TLS and the pins; what comes over it is in `frames`. */
export interface Talker {
  readonly socket: WebSocket;
  readonly channel: Channel;
  readonly frames: string[];
  /** Resolves with the close reason. */
  readonly ended: Promise<string>;
  /** Resolves once so many frames came. */
  came(count: number): Promise<void>;
}

/** Calls and upgrades; nothing is said yet. Rejects when it is not let in. */
export async function talkWith(shown: Shown): Promise<Talker> {
  const { port, identity, protocol = PEER_ALPN } = shown;
  const tls = connect({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    ALPNProtocols: [protocol],
    ...(identity && {
      cert: identity.certificate,
      key: identity.certificateKey,
    }),
  });
  await once(tls, "secureConnect");
  const channel = channelOf(tls);
  if (channel === undefined) throw new Error("no channel");
  const socket = new WebSocket("ws://hub/", [PEER_SUBPROTOCOL], {
    createConnection: () => tls,
  });
  const frames: string[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data: Buffer) => {
    frames.push(data.toString("utf8"));
    for (const look of waiting) look();
  });
  const ended = new Promise<string>((resolve) => {
    socket.once("close", (code, reason) => {
      resolve(reason.toString("utf8"));
    });
  });
  await once(socket, "open");
  socket.on("error", () => undefined);
  return {
    socket,
    channel,
    frames,
    ended,
    came: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (frames.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A server that stands where a hub should, with a certificate of its own; it counts the application data that callers send it. */
export interface Impostor extends AsyncDisposable {
  readonly port: number;
  readonly bytes: () => number;
  /** Resolves once a caller came and left. */
  readonly left: Promise<void>;
}

/** Listens; at a port of its choice when told none. */
export async function pretend(
  identity: HubIdentity,
  port = 0,
): Promise<Impostor> {
  let bytes = 0;
  const gone = Promise.withResolvers<undefined>();
  const server = createServer(
    {
      cert: identity.certificate,
      key: identity.certificateKey,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ["roundtable-peer/1", "roundtable-pair/1"],
    },
    (socket) => {
      socket.on("data", (data: Buffer) => {
        bytes += data.length;
      });
      socket.on("error", () => undefined);
    },
  );
  // Whoever is careful is gone before this side of TLS is done.
  server.on("connection", (raw: Socket) => {
    raw.once("close", () => {
      gone.resolve(undefined);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    left: gone.promise,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
