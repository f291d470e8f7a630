import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket, createSecureContext } from "node:tls";
import { WebSocketServer } from "ws";
import type { Clock } from "../../ports.ts";
import type { HubIdentity } from "../../ports/peering.ts";
import { MAX_PEER_FRAME, PEER_SUBPROTOCOL } from "../../protocol/peer.ts";
import { PAIR_ALPN, PEER_ALPN } from "../../protocol/peerLink.ts";
import { checkAddress } from "./addresses.ts";
import { channelOf, isTlsRefusal, type Channel } from "./channel.ts";
import { createStrangers } from "./strangers.ts";
import { peeringFailed } from "./trouble.ts";
import { createWire, type Wire } from "./wire.ts";

const MAX_HEADER_BYTES = 8192;
const NO_UPGRADE = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/** Somebody whose certificate was let in; who it is, its hello has yet to show. */
export interface Visitor {
  readonly wire: Wire;
  readonly channel: Channel;
  /** Its address, for people. */
  readonly from: string;
  /** It showed who it is: the time and number of strangers are no longer its concern. */
  met(): void;
  /** It is not who it should be: held against its address. */
  failed(): void;
}

/** A listener for hubs on one address. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Listens no longer, and ends who has not shown who it is. Open links stay. */
  close(): Promise<void>;
}

/** What a listener runs under. */
export interface ListenerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly identity: HubIdentity;
  readonly clock: Clock;
  readonly mono: () => number;
  /** Whether who shows this certificate may go on with this protocol; asked before a byte of it is read or answered. */
  readonly admits: (channel: Channel) => boolean;
  readonly onVisitor: (visitor: Visitor) => void;
}

/** Who stands behind a socket between the handshake of TLS and that of WebSocket. */
interface Guest {
  readonly channel: Channel;
  readonly raw: Socket;
}

/** Listens. Rejects with `bad-settings` for an address that is not one of this machine's, with `peering-failed` when it cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { host, identity, admits, onVisitor } = options;
  checkAddress(host);
  const strangers = createStrangers(options.clock, options.mono);
  const guests = new WeakMap<Duplex, Guest>();
  const secureContext = createSecureContext({
    cert: identity.certificate,
    key: identity.certificateKey,
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
  });
  // HTTP for the upgrade only, on sockets that TLS and the pins let in.
  const http = createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES });
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_PEER_FRAME,
    handleProtocols: (offered) =>
      offered.has(PEER_SUBPROTOCOL) && PEER_SUBPROTOCOL,
  });

  http.on("request", (request, response) => {
    response.writeHead(426, { connection: "close" }).end();
    request.socket.destroySoon();
  });
  http.on("upgrade", (request, socket, head) => {
    const guest = guests.get(socket);
    // A browser names where it comes from; hubs come from nowhere.
    const { origin, "sec-websocket-protocol": offered } = request.headers;
    const isHub =
      origin === undefined &&
      request.url === "/" &&
      offered === PEER_SUBPROTOCOL;
    if (guest === undefined || !isHub) {
      socket.end(NO_UPGRADE);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const { raw, channel } = guest;
      onVisitor({
        wire: createWire(opened),
        channel,
        from: raw.remoteAddress ?? "",
        met: () => {
          strangers.met(raw);
        },
        failed: () => {
          strangers.failed(raw);
        },
      });
    });
  });

  const server = createServer({ noDelay: true }, (raw) => {
    // Without a listener a reset would end the process.
    raw.on("error", () => undefined);
    if (!strangers.came(raw)) return;
    const tls = new TLSSocket(raw, {
      isServer: true,
      secureContext,
      requestCert: true,
      // No authority signs these certificates: the pins decide, below, before anything is read.
      rejectUnauthorized: false,
      ALPNProtocols: [PEER_ALPN, PAIR_ALPN],
    });
    tls.on("error", (error: Error) => {
      // What TLS itself refused is held against the address; a connection that broke off is not.
      if (isTlsRefusal(error)) strangers.failed(raw);
      raw.destroy();
    });
    tls.once("secure", () => {
      const channel = channelOf(tls);
      if (channel === undefined || !admits(channel)) {
        strangers.failed(raw);
        raw.destroy();
        return;
      }
      guests.set(tls, { channel, raw });
      http.emit("connection", tls);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        peeringFailed(
          `This hub cannot listen at ${host}, port ${String(options.port)}.`,
          "Nothing was opened. Choose another port, or end the program that has it.",
          cause,
        ),
      );
    });
    server.listen({ host, port: options.port, exclusive: true }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    host,
    port,
    close: () =>
      new Promise((resolve) => {
        // Waits for nobody: open links have their own end.
        server.close();
        strangers.close();
        http.close();
        resolve();
      }),
  };
}
