import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_BODY_BYTES } from "./gate.ts";
import type { Identity } from "./outside/identity.ts";
import { callerOf } from "./outside/identity.ts";
import type { A2ACall } from "./jsonRpc.ts";
import { RPC_CODE, WireError } from "./wireError.ts";

/** One HTTP request that passed the gate, and the way to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Undefined for the bare card only. */
  readonly identity: Identity | undefined;
  /** What follows the question mark; empty without one. */
  readonly query: string;
}

function tooLarge(): WireError {
  return new WireError(
    RPC_CODE.invalidRequest,
    `The request is larger than ${String(MAX_BODY_BYTES)} bytes; nothing of it was done.`,
  );
}

/** Reads at most 1 MiB of text. What is beyond is not kept, but let run out: a client that still sends would never read its answer. */
export function readBody(request: IncomingMessage): Promise<string> {
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
      const [only] = chunks;
      const body = chunks.length === 1 ? only : Buffer.concat(chunks);
      resolve(body?.toString("utf8") ?? "");
    });
    request.on("close", () => {
      if (!request.complete) reject(new Error("the client left"));
    });
  });
}

/** The service parameter `A2A-Version`: a header, or a query parameter of the same name; undefined when neither is there. */
function askedVersion({ request, query }: Exchange): string | undefined {
  const header = request.headers["a2a-version"];
  if (typeof header === "string") return header;
  if (query === "") return undefined;
  for (const [name, value] of new URLSearchParams(query))
    if (name.toLowerCase() === "a2a-version") return value;
  return undefined;
}

/** What the head of a request says of the call in it. */
export function callHead(
  exchange: Exchange,
): Pick<A2ACall, "version" | "caller" | "lastEventId" | "traceparent"> {
  const { "last-event-id": lastEventId, traceparent } =
    exchange.request.headers;
  return {
    version: askedVersion(exchange),
    caller: callerOf(exchange.identity),
    lastEventId: typeof lastEventId === "string" ? lastEventId : undefined,
    traceparent: typeof traceparent === "string" ? traceparent : undefined,
  };
}

/** Aborts when the client is gone before it had its whole answer. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client left"));
  });
  return gone.signal;
}
