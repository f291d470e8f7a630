import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Lifetime, Tier } from "../../ports.ts";
import { createPromptCache, type Counted } from "./promptCache.ts";
import { errorOf, eventsOf, messageOf } from "./reply.ts";
import type { ServerEvent } from "./reply.ts";
import { readRequest } from "./request.ts";
import { sampleScript } from "./script.ts";
import type { Script, ScriptRequest, ScriptedTurn } from "./turn.ts";

/** Where the rehearsal listens, and what a client needs to be let in. */
export interface Rehearsal extends Lifetime {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string;
  /** Made up at the start; nothing else is let in. */
  readonly apiKey: string;
  /** Exact model ids per tier, so that settings for real models do not matter. */
  readonly tiers: Readonly<Record<Tier, string>>;
}

/** Largest request body, bytes. */
const MAX_BODY = 16 * 1024 * 1024;

const MODELS: readonly { readonly tier: Tier; readonly line: string }[] = [
  { tier: "strong", line: "opus" },
  { tier: "middle", line: "sonnet" },
  { tier: "cheap", line: "haiku" },
];

/**
 * Starts a Messages API on a random loopback port that answers from a script instead of a model.
 * The words of an answer depend on the request alone; its token counts also on what is cached of earlier ones. `thinkMs` (default 0) is
 * the time before the first word, `paceMs` (default 0) that between pieces of a stream.
 */
export async function startRehearsal(
  options: {
    readonly script?: Script;
    readonly thinkMs?: number;
    readonly paceMs?: number;
  } = {},
): Promise<Rehearsal> {
  const { script = sampleScript, thinkMs = 0, paceMs = 0 } = options;
  const cache = createPromptCache();
  const apiKey = `rehearsal-${randomBytes(32).toString("base64url")}`;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // The address is known once the server listens, before the first request.
  let host = "";

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (!isLetIn(request, host, apiKey)) {
      sendJson(response, 401, errorOf("authentication_error", "invalid key"));
      return;
    }
    const { pathname } = new URL(request.url ?? "/", `http://${host}`);
    const route = `${request.method ?? ""} ${pathname}`;
    if (route === "GET /v1/models") {
      sendJson(response, 200, modelList());
      return;
    }
    if (route !== "POST /v1/messages") {
      sendJson(response, 404, errorOf("not_found_error", "no such path"));
      return;
    }
    const asked = readRequest(await readJson(request));
    if (asked === undefined) {
      sendJson(response, 400, errorOf("invalid_request_error", "no messages"));
      return;
    }
    const counted = cache.count(asked.body);
    if (thinkMs > 0) await pause(thinkMs);
    await perform(response, { request: asked, counted }, script(asked), paceMs);
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  host = `127.0.0.1:${String(port)}`;
  return {
    baseUrl: `http://${host}`,
    apiKey,
    tiers: {
      strong: idOf("strong"),
      middle: idOf("middle"),
      cheap: idOf("cheap"),
    },
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function isLetIn(
  request: IncomingMessage,
  host: string,
  apiKey: string,
): boolean {
  const { authorization, host: asked, origin } = request.headers;
  const digest = (text: string): Buffer =>
    createHash("sha256").update(text).digest();
  return (
    asked === host &&
    origin === undefined &&
    timingSafeEqual(digest(authorization ?? ""), digest(`Bearer ${apiKey}`))
  );
}

/** A request, and what of its prompt was cached when it came in. */
interface Asked {
  readonly request: ScriptRequest;
  readonly counted: Counted;
}

async function perform(
  response: ServerResponse,
  asked: Asked,
  turn: ScriptedTurn,
  paceMs: number,
): Promise<void> {
  const { request, counted } = asked;
  if (turn.kind === "speech" || turn.kind === "cut" || turn.kind === "broken")
    counted.heard();
  switch (turn.kind) {
    case "status":
      sendJson(
        response,
        turn.status,
        errorOf(turn.type, turn.message),
        turn.headers,
      );
      return;
    case "speech": {
      if (request.body["stream"] !== true) {
        sendJson(response, 200, messageOf(request, turn, counted.tokens));
        return;
      }
      await stream(response, eventsOf(request, turn, counted.tokens), paceMs);
      response.end();
      return;
    }
    case "hang":
      if (turn.text !== undefined)
        await stream(response, opening(asked, turn.text), paceMs);
      return;
    case "cut":
      await stream(response, opening(asked, turn.text), paceMs);
      // What was said has to be on its way before the line goes dead.
      response.write("", () => response.destroy());
      return;
    case "broken":
      await stream(response, opening(asked, turn.text), paceMs);
      send(response, {
        event: "error",
        data: errorOf(turn.type, turn.message),
      });
      response.end();
  }
}

/** The events of an answer up to where its text is said and nothing is closed. */
function opening(
  { request, counted }: Asked,
  text: string,
): readonly ServerEvent[] {
  return eventsOf(request, { kind: "speech", text }, counted.tokens).slice(
    0,
    -3,
  );
}

async function stream(
  response: ServerResponse,
  events: readonly ServerEvent[],
  paceMs: number,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "request-id": "req_rehearsal",
  });
  for (const event of events) {
    if (response.destroyed) return;
    send(response, event);
    if (paceMs > 0 && event.event === "content_block_delta")
      await pause(paceMs);
  }
}

function send(response: ServerResponse, { event, data }: ServerEvent): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "request-id": "req_rehearsal",
    ...headers,
  });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

function idOf(tier: Tier): string {
  return `rehearsal-${tier}`;
}

function modelList(): unknown {
  const data = MODELS.map(({ tier, line }) => ({
    type: "model",
    id: idOf(tier),
    display_name: `Rehearsal (${tier})`,
    created_at: "2026-01-01T00:00:00Z",
    line,
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: null,
  }));
  return {
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
