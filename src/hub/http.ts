import type { IncomingMessage, ServerResponse } from "node:http";
import type { CardSigner, Chance, Clock, Hash } from "../ports.ts";
import type { Cards } from "./cards.ts";
import type { Reply } from "./connection.ts";
import type { Exchange } from "./httpRequest.ts";
import type { Identity } from "./outside/identity.ts";
import type { A2ACall } from "./jsonRpc.ts";
import { createLegacy } from "./legacy/legacyDispatch.ts";
import type { Monitor } from "./monitoring/monitor.ts";
import { serveMonitor } from "./monitoring/serve.ts";
import { createRest } from "./rest/serveRest.ts";
import { routeOf } from "./routes.ts";
import { createRpcOverHttp } from "./rpcOverHttp.ts";
import { answer } from "./server.ts";

/** Makes the HTTP side of a hub: cards and the keys they are signed with, JSON-RPC of A2A 1.0 and 0.3, the REST binding, streams as SSE, the monitor's pages. What arrives has passed the gate. */
export function createHttp(parts: {
  readonly cards: Cards;
  readonly dispatch: (call: A2ACall) => Promise<Reply>;
  readonly monitor: Monitor;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly signer?: CardSigner;
}): (
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity | undefined,
) => void {
  const { cards, dispatch, monitor, hash, clock, chance, signer } = parts;
  const serveRpc = createRpcOverHttp(createLegacy(dispatch, chance), clock);
  const serveRest = createRest(dispatch, clock);
  const keys = JSON.stringify({ keys: signer?.publicKeys ?? [] });
  /** Cards are made once per change, and so are their bodies. */
  const bodies = new WeakMap<object, { body: string; etag: string }>();

  function bodyOf(card: object): { body: string; etag: string } {
    const known = bodies.get(card);
    if (known !== undefined) return known;
    const body = JSON.stringify(card);
    const made = { body, etag: `"${hash(body).slice(0, 32)}"` };
    bodies.set(card, made);
    return made;
  }

  function sendCard({ request, response }: Exchange, card: object): void {
    const { body, etag } = bodyOf(card);
    const headers = { ETag: etag, "Cache-Control": "no-cache" };
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, headers);
      response.end();
    } else answer(response, 200, body, headers);
  }

  return (request, response, identity) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const route = routeOf(request.method ?? "", path);
    const exchange = { request, response, identity, query };
    const nothing = (): void => {
      answer(response, 404, '{"error":"there is nothing here"}');
    };
    switch (route?.to) {
      case "monitor":
        void serveMonitor(monitor, route.page, response);
        return;
      case "keys":
        answer(response, 200, keys);
        return;
      case "rpc":
        void serveRpc(exchange, route.agentId);
        return;
      case "rest":
        void serveRest(exchange, route.rest);
        return;
      case "card": {
        const card =
          route.agentId === undefined
            ? cards.bare()
            : cards.agent(route.agentId);
        if (card === undefined) nothing();
        else sendCard(exchange, card);
        return;
      }
      default:
        nothing();
    }
  };
}
