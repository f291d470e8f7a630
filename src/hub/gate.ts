import type { Identity } from "./outside/identity.ts";

/** The only path that is answered without a token. */
export const BARE_CARD_PATH = "/.well-known/agent-card.json";
/** Largest request body and frame, bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

const MAX_URL_BYTES = 2048;
/** What the hub tells of itself is for its owner. */
const OWNER_PATHS = new Set(["/health", "/status", "/metrics"]);
const METHODS = new Set(["GET", "POST", "DELETE"]);
const CONTENT_TYPES = new Set(["application/json", "application/a2a+json"]);

/** A request as it stands at the gate: nothing of its body has been read. */
export interface GateRequest {
  readonly kind: "http" | "upgrade";
  readonly method: string;
  readonly url: string;
  /** Lower-case names, every value in order: a header sent twice has two. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** What the gate holds a request against. */
export interface GateRules {
  /** Exactly what `Host` must say, e.g. `127.0.0.1:4711`. */
  readonly host: string;
  /** Whose token it is; undefined for nobody's. */
  readonly accepts: (authorization: string) => Identity | undefined;
  /** Takes one request from the rate allowance; false when there is none left. */
  readonly takes: () => boolean;
}

/**
 * `identity` is missing only for the bare card. A refusal is 401 for everything a stranger can cause, so that nothing can be learned from it;
 * only who showed the token is told that it was too much (413, 429). `why` is for the text log.
 */
export type GateVerdict =
  | { readonly pass: true; readonly identity: Identity | undefined }
  | {
      readonly pass: false;
      readonly status: 401 | 413 | 429;
      readonly why: string;
    };

function refuse(why: string): GateVerdict {
  return { pass: false, status: 401, why };
}

/** The one value of a header; undefined when it is missing, sent twice or empty. */
function only(request: GateRequest, name: string): string | undefined {
  const values = request.headers.get(name);
  return values?.length === 1 && values[0] !== "" ? values[0] : undefined;
}

function methodFits(request: GateRequest): boolean {
  if (request.kind === "upgrade") return request.method === "GET";
  return METHODS.has(request.method);
}

function urlFits(url: string): boolean {
  return (
    url.startsWith("/") &&
    !url.startsWith("//") &&
    Buffer.byteLength(url) <= MAX_URL_BYTES
  );
}

/** A body must say that it is JSON. Where there is none, clients that say so all the same are taken at their word: no page sends such a request unasked. */
function contentTypeFits(request: GateRequest): boolean {
  if (request.method !== "POST") {
    if (request.headers.has("transfer-encoding")) return false;
    if (!request.headers.has("content-type")) return true;
  }
  const type = only(request, "content-type")?.split(";", 1)[0];
  return type !== undefined && CONTENT_TYPES.has(type.trim().toLowerCase());
}

function isBareCard(request: GateRequest): boolean {
  return (
    request.kind === "http" &&
    request.method === "GET" &&
    request.url === BARE_CARD_PATH &&
    !request.headers.has("authorization")
  );
}

/** An agent from outside has its socket; over HTTP it may only talk A2A, and only where its token says so. */
function scopeFits(request: GateRequest, identity: Identity): boolean {
  if (identity.kind === "owner" || request.kind === "upgrade") return true;
  const [path = ""] = request.url.split("?", 1);
  return identity.mayAsk && !OWNER_PATHS.has(path);
}

/**
 * The one gate, for HTTP requests and WebSocket upgrades alike, before any routing. The order is part of its promise:
 * method, URL, Host, Origin, Sec-Fetch-Site, content type, token, scope, rate, body size.
 */
export function judge(request: GateRequest, rules: GateRules): GateVerdict {
  if (!methodFits(request)) return refuse("method");
  if (!urlFits(request.url)) return refuse("url");
  if (only(request, "host") !== rules.host) return refuse("host");
  if (request.headers.has("origin")) return refuse("origin");
  if (
    request.headers.has("sec-fetch-site") &&
    only(request, "sec-fetch-site") !== "none"
  )
    return refuse("sec-fetch-site");
  if (!contentTypeFits(request)) return refuse("content type");
  const identity = rules.accepts(only(request, "authorization") ?? "");
  if (identity === undefined && !isBareCard(request)) return refuse("token");
  if (identity !== undefined && !scopeFits(request, identity))
    return refuse("scope");
  if (!rules.takes())
    return identity !== undefined
      ? { pass: false, status: 429, why: "rate" }
      : refuse("rate");
  const length = Number(only(request, "content-length") ?? "0");
  const cap = request.method === "POST" ? MAX_BODY_BYTES : 0;
  if (!(length >= 0 && length <= cap))
    return identity !== undefined
      ? { pass: false, status: 413, why: "body" }
      : refuse("body");
  return { pass: true, identity };
}
