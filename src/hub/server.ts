import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, STATUS_CODES } from "node:http";
import { createServer as createListener } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import { RoundtableError } from "../core/errors.ts";
import type { Clock, TextLog } from "../ports.ts";
import type { Metrics } from "../ports/monitoring.ts";
import { ENVELOPE_SUBPROTOCOL } from "../protocol/envelope.ts";
import { SUBPROTOCOL } from "../protocol/hub.ts";
import type { GateRequest, GateRules, GateVerdict } from "./gate.ts";
import { judge, MAX_BODY_BYTES } from "./gate.ts";
import type { Identity } from "./outside/identity.ts";
import { createStrangers } from "./strangers.ts";

/** The only address a hub listens on. */
export const LOOPBACK = "127.0.0.1";
/** Path of the WebSocket binding. */
export const WS_PATH = "/ws";

const MAX_HEADER_BYTES = 8192;
const MAX_HEADERS = 64;
const HEADERS_MS = 5000;
const BODY_MS = 30_000;
const MAX_WEB_SOCKETS = 4096;
/** Of all kinds; HTTP keeps some of its own. */
const MAX_SOCKETS = MAX_WEB_SOCKETS + 512;

/** What a WebSocket can speak here; the first that is offered is spoken. */
const SUBPROTOCOLS = [ENVELOPE_SUBPROTOCOL, SUBPROTOCOL];

const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

const REFUSED: Readonly<Record<401 | 413 | 429, string>> = {
  401: '{"error":"unauthorized"}',
  413: '{"error":"the body is larger than 1 MiB"}',
  429: '{"error":"too many requests, try again in a second"}',
};

/** What a server does with requests and sockets that passed the gate. */
export interface Doors {
  /** `identity` is undefined for the bare card only. */
  request(
    request: IncomingMessage,
    response: ServerResponse,
    identity: Identity | undefined,
  ): void;
  /** `duplex` is the socket below. */
  socket(
    socket: WebSocket,
    request: IncomingMessage,
    identity: Identity,
    duplex: Duplex,
  ): void;
}

/** A listener that runs. */
export interface RunningServer {
  readonly port: number;
  /** Ends every socket and frees the port. */
  close(): Promise<void>;
}

/** Writes a short JSON answer and nothing that depends on who asks. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...HEADERS,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** Rejects every host but the literal 127.0.0.1: all spellings of "every interface", names that may resolve elsewhere, other loopback addresses. */
export function checkHost(host: string): void {
  if (host === LOOPBACK) return;
  throw new RoundtableError(
    "hub-failed",
    `The hub does not listen on ${JSON.stringify(host)}.`,
    `Nothing was opened. It listens on ${LOOPBACK} only.`,
  );
}

function headersOf(
  request: IncomingMessage,
): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  // From the raw list: node itself hides a header sent twice.
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] ?? "").toLowerCase();
    const values = headers.get(name) ?? [];
    values.push(request.rawHeaders[at + 1] ?? "");
    headers.set(name, values);
  }
  return headers;
}

function gateRequest(
  kind: GateRequest["kind"],
  request: IncomingMessage,
): GateRequest {
  return {
    kind,
    method: request.method ?? "",
    url: request.url ?? "",
    headers: headersOf(request),
  };
}

function rawAnswer(status: number, body: string): string {
  const head = Object.entries({
    ...HEADERS,
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
  }).map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ""}`,
    ...head,
    "",
    body,
  ].join("\r\n");
}

/** Answers on a bare socket and lets go of it: what is no longer HTTP's is nobody's to close. */
function refuseSocket(socket: Duplex, status: number, body: string): void {
  if (!socket.writable) socket.destroy();
  else
    socket.end(rawAnswer(status, body), () => {
      socket.destroy();
    });
}

/** Starts the one listener. Rejects with `hub-failed` when the port is not free. */
export async function startServer(
  options: { readonly host: string; readonly port: number },
  rules: Omit<GateRules, "host">,
  doors: Doors,
  parts: {
    readonly clock: Clock;
    readonly textLog: TextLog;
    readonly metrics?: Metrics;
  },
): Promise<RunningServer> {
  checkHost(options.host);
  const { clock, textLog, metrics } = parts;
  const sockets = new Set<WebSocket>();
  let port = 0;

  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) =>
      SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: BODY_MS,
    connectionsCheckingInterval: 1000,
    // A missing Host is the gate's to refuse, like everything else.
    requireHostHeader: false,
  });
  server.maxHeadersCount = MAX_HEADERS;
  const strangers = createStrangers(clock, (socket) => {
    server.emit("connection", socket);
    socket.resume();
  });
  // Its own, not the HTTP server's: that one reads what it accepts at once.
  const listener = createListener(
    { pauseOnConnect: true, noDelay: true, allowHalfOpen: true },
    (socket) => {
      strangers.came(socket);
    },
  );
  listener.maxConnections = MAX_SOCKETS;
  // HTTP keeps its deadlines from here on.
  listener.on("listening", () => server.emit("listening"));

  function atGate(request: GateRequest, socket: Duplex): GateVerdict {
    const host = `${LOOPBACK}:${String(port)}`;
    const verdict = judge(request, { ...rules, host });
    if (verdict.pass && verdict.identity !== undefined) strangers.met(socket);
    if (!verdict.pass) {
      const { why } = verdict;
      metrics?.count("roundtable_gate_refusals_total", { why });
      textLog.warn("refused at the gate", { kind: request.kind, why });
    }
    return verdict;
  }

  server.on("request", (request, response) => {
    const verdict = atGate(gateRequest("http", request), request.socket);
    if (verdict.pass) doors.request(request, response, verdict.identity);
    else
      answer(
        response,
        verdict.status,
        REFUSED[verdict.status],
        verdict.status === 401 ? { Connection: "close" } : {},
      );
  });

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const verdict = atGate(gateRequest("upgrade", request), socket);
    const offered = (request.headers["sec-websocket-protocol"] ?? "")
      .split(",")
      .map((name) => name.trim());
    if (!verdict.pass)
      refuseSocket(socket, verdict.status, REFUSED[verdict.status]);
    else if (verdict.identity === undefined)
      refuseSocket(socket, 401, REFUSED[401]);
    else if (request.url !== WS_PATH)
      refuseSocket(socket, 404, '{"error":"there is nothing here"}');
    else if (!SUBPROTOCOLS.some((name) => offered.includes(name)))
      refuseSocket(
        socket,
        400,
        `{"error":"the subprotocol ${SUBPROTOCOLS.join(" or ")} is needed"}`,
      );
    else if (sockets.size >= MAX_WEB_SOCKETS)
      refuseSocket(socket, 503, '{"error":"too many sockets"}');
    else {
      const { identity } = verdict;
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        sockets.add(webSocket);
        webSocket.on("close", () => sockets.delete(webSocket));
        doors.socket(webSocket, request, identity, socket);
      });
    }
  });

  // What is not even HTTP learns as little as any other stranger.
  server.on("clientError", (_error, socket) => {
    refuseSocket(socket, 401, REFUSED[401]);
  });

  await new Promise<void>((resolve, reject) => {
    listener.once("error", (cause) => {
      reject(
        new RoundtableError(
          "hub-failed",
          `The hub could not listen on ${LOOPBACK}:${String(options.port)}.`,
          "Nothing was opened. Choose another port, or none for a free one.",
          { cause },
        ),
      );
    });
    listener.listen(options.port, options.host, () => {
      resolve();
    });
  });
  const bound = listener.address();
  port = bound !== null && typeof bound === "object" ? bound.port : 0;
  listener.on("error", (error) => {
    textLog.error("the listener reported an error", { why: error.message });
  });

  return {
    port,
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      server.close();
      for (const socket of sockets) socket.terminate();
      server.closeAllConnections();
      strangers.close();
      await closed;
    },
  };
}
