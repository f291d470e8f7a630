import { BARE_CARD_PATH } from "./gate.ts";
import type { MonitorPage } from "./monitoring/serve.ts";
import type { RestRoute } from "./rest/restRoute.ts";
import { REST_PREFIXES, REST_ROUTES, restRoute } from "./rest/restRoute.ts";

/** What an HTTP request is for. */
export type Route =
  | { readonly to: "card" | "rpc"; readonly agentId: string | undefined }
  | { readonly to: "rest"; readonly rest: RestRoute }
  /** The public keys that verify this hub's cards. */
  | { readonly to: "keys" }
  | { readonly to: "monitor"; readonly page: MonitorPage };

const FIXED: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["POST /", { to: "rpc", agentId: undefined }],
  ["POST /rpc", { to: "rpc", agentId: undefined }],
  [`GET ${BARE_CARD_PATH}`, { to: "card", agentId: undefined }],
  ["GET /.well-known/jwks.json", { to: "keys" }],
  ["GET /health", { to: "monitor", page: "health" }],
  ["GET /status", { to: "monitor", page: "status" }],
  ["GET /metrics", { to: "monitor", page: "metrics" }],
]);

const OF_AGENT: ReadonlyMap<string, "card" | "rpc"> = new Map([
  ["POST /rpc", "rpc"],
  [`GET ${BARE_CARD_PATH}`, "card"],
]);
const AGENT_PATH = /^\/agents\/([a-z0-9][a-z0-9_-]{0,63})(\/.*)$/;

/** Every route there is, as method and path; `{…}` stands for one segment. */
export const ROUTES: readonly string[] = [
  ...FIXED.keys(),
  ...[...OF_AGENT.keys()].map((route) =>
    route.replace(" ", " /agents/{agent}"),
  ),
  ...REST_PREFIXES.flatMap((prefix) =>
    REST_ROUTES.map(([verb, path]) => `${verb} ${prefix}${path}`),
  ),
];

/** Finds what a request is for; undefined where nothing is. */
export function routeOf(verb: string, path: string): Route | undefined {
  const fixed = FIXED.get(`${verb} ${path}`);
  if (fixed !== undefined) return fixed;
  const [, agentId, ofAgent = ""] = AGENT_PATH.exec(path) ?? [];
  const to = OF_AGENT.get(`${verb} ${ofAgent}`);
  if (agentId !== undefined && to !== undefined) return { to, agentId };
  const rest = restRoute(verb, path);
  return rest === undefined ? undefined : { to: "rest", rest };
}
