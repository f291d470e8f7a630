/** Operations of A2A's HTTP+JSON binding: HTTP method, path after the prefix, JSON-RPC method of the same meaning (specification 1.0.1, §5.3 and §11.3). */
export const REST_ROUTES = [
  ["POST", "/message:send", "SendMessage"],
  ["POST", "/message:stream", "SendStreamingMessage"],
  ["GET", "/tasks", "ListTasks"],
  ["GET", "/tasks/{id}", "GetTask"],
  ["POST", "/tasks/{id}:cancel", "CancelTask"],
  // The specification says POST, its proto says GET.
  ["GET", "/tasks/{id}:subscribe", "SubscribeToTask"],
  ["POST", "/tasks/{id}:subscribe", "SubscribeToTask"],
  [
    "POST",
    "/tasks/{taskId}/pushNotificationConfigs",
    "CreateTaskPushNotificationConfig",
  ],
  [
    "GET",
    "/tasks/{taskId}/pushNotificationConfigs",
    "ListTaskPushNotificationConfigs",
  ],
  [
    "GET",
    "/tasks/{taskId}/pushNotificationConfigs/{id}",
    "GetTaskPushNotificationConfig",
  ],
  [
    "DELETE",
    "/tasks/{taskId}/pushNotificationConfigs/{id}",
    "DeleteTaskPushNotificationConfig",
  ],
  ["GET", "/extendedAgentCard", "GetExtendedAgentCard"],
] as const;

/** What may stand before these paths: nothing, or which agent is meant, as our own paths say it and as the proto's `tenant`. */
export const REST_PREFIXES = ["", "/agents/{agent}", "/{agent}"] as const;

/** What a request of the REST binding asks for. */
export interface RestRoute {
  readonly method: string;
  /** Parameters that the path holds, decoded. */
  readonly inPath: Readonly<Record<string, string>>;
  /** The agent of the path: `/agents/ID/…` or `/TENANT/…`. */
  readonly agentId: string | undefined;
}

const ROUTES = REST_ROUTES.map(([verb, template, method]) => ({
  verb,
  method,
  names: [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name),
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "([^/:]+)")}$`),
}));
const PREFIX = /^(?:\/agents)?\/([a-z0-9][a-z0-9_-]{0,63})(\/.*)$/;

function match(
  verb: string,
  path: string,
): Omit<RestRoute, "agentId"> | undefined {
  for (const route of ROUTES) {
    if (route.verb !== verb) continue;
    const found = route.pattern.exec(path);
    if (found === null) continue;
    const inPath: Record<string, string> = {};
    for (const [at, name] of route.names.entries())
      inPath[name] = decodeURIComponent(found[at + 1] ?? "");
    return { method: route.method, inPath };
  }
  return undefined;
}

/** Finds the operation of a path, with or without an agent before it; undefined where there is none. */
export function restRoute(verb: string, path: string): RestRoute | undefined {
  try {
    const plain = match(verb, path);
    if (plain !== undefined) return { ...plain, agentId: undefined };
    const [, agentId, rest = ""] = PREFIX.exec(path) ?? [];
    if (agentId === undefined) return undefined;
    const found = match(verb, rest);
    return found === undefined ? undefined : { ...found, agentId };
  } catch {
    // Not percent-encoded text: no path of ours.
    return undefined;
  }
}

const TEXTS = [
  "tenant",
  "contextId",
  "status",
  "statusTimestampAfter",
  "pageToken",
];
const NUMBERS = ["pageSize", "historyLength"];
const FLAGS = ["includeArtifacts"];

/** The request fields a query names. What is no number or flag where one is due stays text, for the operation to refuse by field; unknown names are ignored. */
export function queryParams(query: string): Readonly<Record<string, unknown>> {
  const params: Record<string, unknown> = {};
  if (query === "") return params;
  for (const [name, value] of new URLSearchParams(query)) {
    if (value === "") continue;
    if (TEXTS.includes(name)) params[name] = value;
    else if (NUMBERS.includes(name))
      params[name] = /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    else if (FLAGS.includes(name))
      params[name] =
        value === "true" || value === "false" ? value === "true" : value;
  }
  return params;
}
