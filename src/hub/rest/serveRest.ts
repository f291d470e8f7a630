import type { Clock } from "../../ports.ts";
import { parseBoundedJson } from "../boundedJson.ts";
import type { Reply } from "../connection.ts";
import type { Exchange } from "../httpRequest.ts";
import { callHead, goneSignal, readBody } from "../httpRequest.ts";
import type { A2ACall } from "../jsonRpc.ts";
import { answer } from "../server.ts";
import type { EventText } from "../sse.ts";
import { writeEvents } from "../sse.ts";
import { jsonOf } from "../update.ts";
import { invalidField, RPC_CODE, toRpcError, WireError } from "../wireError.ts";
import { toRestError } from "./restError.ts";
import type { RestRoute } from "./restRoute.ts";
import { queryParams } from "./restRoute.ts";

const A2A_JSON = { "Content-Type": "application/a2a+json" };

const EVENTS: EventText = {
  item: (item) => `data: ${jsonOf(item)}\n\n`,
  failure: (error) => `event: error\ndata: ${toRestError(error).body}\n\n`,
};

function bodyParams(text: string): object {
  if (text === "") return {};
  const body = parseBoundedJson(text);
  if (body === null || typeof body !== "object" || Array.isArray(body))
    throw new WireError(
      RPC_CODE.invalidRequest,
      "The body must be one JSON object.",
    );
  return body;
}

/** Body and query, and what the path says, which they must not contradict. */
function paramsOf(
  route: RestRoute,
  query: string,
  text: string,
): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {
    ...queryParams(query),
    ...bodyParams(text),
  };
  for (const [name, value] of Object.entries(route.inPath)) {
    const said = given[name];
    if (said !== undefined && said !== "" && said !== value)
      throw invalidField(name, "is not the one of the path");
    given[name] = value;
  }
  return given;
}

/** Serves A2A's HTTP+JSON binding: each route is a call of the one dispatcher, each answer its result, a stream server-sent events. Never rejects. */
export function createRest(
  dispatch: (call: A2ACall) => Promise<Reply>,
  clock: Clock,
): (exchange: Exchange, route: RestRoute) => Promise<void> {
  return async (exchange, route) => {
    const { request, response, query } = exchange;
    const signal = goneSignal(response);
    try {
      const text = request.method === "POST" ? await readBody(request) : "";
      const reply = await dispatch({
        method: route.method,
        params: paramsOf(route, query, text),
        ...callHead(exchange),
        agentId: route.agentId,
        signal,
      });
      if (reply.kind === "stream")
        await writeEvents(response, reply.items, EVENTS, clock, signal);
      else if (request.method === "DELETE") {
        response.writeHead(204);
        response.end();
      } else answer(response, 200, JSON.stringify(reply.value), A2A_JSON);
    } catch (error) {
      if (signal.aborted || response.headersSent) return;
      const { httpStatus, body } = toRestError(toRpcError(error));
      // Only a body that is too large is answered before its end.
      answer(response, request.complete ? httpStatus : 413, body, A2A_JSON);
    }
  };
}
