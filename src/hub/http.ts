import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Hash } from "../ports.ts";
import { parseBoundedJson } from "./boundedJson.ts";
import type { Cards } from "./cards.ts";
import type { Reply } from "./connection.ts";
import { BARE_CARD_PATH, MAX_BODY_BYTES } from "./gate.ts";
import type { Identity } from "./identity.ts";
import { callerOf } from "./identity.ts";
import type { A2ACall } from "./jsonRpc.ts";
import { readRequest } from "./jsonRpc.ts";
import { answer } from "./server.ts";
import { writeEvents } from "./sse.ts";
import { RPC_CODE, toRpcError, WireError } from "./wireError.ts";

const AGENT_PATH =
  /^\/agents\/([a-z0-9][a-z0-9_-]{0,63})\/(rpc|\.well-known\/agent-card\.json)$/;

type Route =
  | { readonly to: "card"; readonly agentId: string | undefined }
  | { readonly to: "rpc"; readonly agentId: string | undefined }
  | { readonly to: "health" };

function routeOf(method: string, path: string): Route | undefined {
  const isGet = method === "GET";
  if (path === BARE_CARD_PATH && isGet)
    return { to: "card", agentId: undefined };
  if (path === "/health" && isGet) return { to: "health" };
  if (path === "/rpc" && !isGet) return { to: "rpc", agentId: undefined };
  const [, agentId, what] = AGENT_PATH.exec(path) ?? [];
  if (agentId === undefined || (what === "rpc") === isGet) return undefined;
  return { to: what === "rpc" ? "rpc" : "card", agentId };
}

function tooLarge(): WireError {
  return new WireError(
    RPC_CODE.invalidRequest,
    `The request is larger than ${String(MAX_BODY_BYTES)} bytes; nothing of it was done.`,
  );
}

/** Reads at most 1 MiB. What is beyond is not kept, but let run out: a client that still sends would never read its answer. */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge());
      }
    });
    request.on("end", () => {
      resolve(Buffer.concat(chunks).toString("utf8"));
    });
    request.on("close", () => {
      reject(new Error("the client left"));
    });
  });
}

/** The service parameter `A2A-Version`: a header, or a query parameter of the same name. */
function versionOf(
  request: IncomingMessage,
  query: string,
): string | undefined {
  const header = request.headers["a2a-version"];
  if (typeof header === "string") return header;
  for (const [name, value] of new URLSearchParams(query))
    if (name.toLowerCase() === "a2a-version") return value;
  return undefined;
}

/** Makes the HTTP side of a hub: cards, JSON-RPC with SSE streams, health. What arrives has passed the gate. */
export function createHttp(parts: {
  readonly cards: Cards;
  readonly dispatch: (call: A2ACall) => Promise<Reply>;
  readonly health: () => unknown;
  readonly hash: Hash;
  readonly clock: Clock;
}): (
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity | undefined,
) => void {
  const { cards, dispatch, health, hash, clock } = parts;

  function sendCard(
    request: IncomingMessage,
    response: ServerResponse,
    card: unknown,
  ): void {
    const body = JSON.stringify(card);
    const etag = `"${hash(body).slice(0, 32)}"`;
    const headers = { ETag: etag, "Cache-Control": "no-cache" };
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, headers);
      response.end();
    } else answer(response, 200, body, headers);
  }

  async function rpc(
    request: IncomingMessage,
    response: ServerResponse,
    agentId: string | undefined,
    query: string,
    identity: Identity | undefined,
  ): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => {
      gone.abort(new Error("the client left"));
    });
    let id: string | number | null = null;
    const say = (rest: object): string =>
      JSON.stringify({ jsonrpc: "2.0", id, ...rest });
    try {
      const read = readRequest(parseBoundedJson(await readBody(request)));
      id = read.id;
      if (!read.ok) throw read.error;
      const reply = await dispatch({
        method: read.request.method,
        params: read.request.params,
        version: versionOf(request, query),
        agentId,
        caller: callerOf(identity),
        signal: gone.signal,
      });
      if (reply.kind === "value")
        answer(response, 200, say({ result: reply.value }));
      else await writeEvents(response, reply.items, say, clock, gone.signal);
    } catch (error) {
      if (gone.signal.aborted || response.headersSent) return;
      // Only a body that is too large is answered before its end.
      const status = request.complete ? 200 : 413;
      answer(response, status, say({ error: toRpcError(error) }));
    }
  }

  return (request, response, identity) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const route = routeOf(request.method ?? "", path);
    const nothing = (): void => {
      answer(response, 404, '{"error":"there is nothing here"}');
    };
    switch (route?.to) {
      case "health":
        answer(response, 200, JSON.stringify(health()));
        return;
      case "rpc":
        void rpc(request, response, route.agentId, query, identity);
        return;
      case "card": {
        const card =
          route.agentId === undefined
            ? cards.bare()
            : cards.agent(route.agentId);
        if (card === undefined) nothing();
        else sendCard(request, response, card);
        return;
      }
      default:
        nothing();
    }
  };
}
