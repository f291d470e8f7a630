import type { AgentCard, Message, Task } from "../../protocol/a2a.ts";
import { StreamResponse, Task as TaskSchema } from "../../protocol/a2a.ts";
import { RpcResponse } from "../../protocol/jsonRpc.ts";
import {
  ask,
  checkedUrl,
  eventsOf,
  jsonOf,
  MAX_BYTES,
  troubled,
} from "./http.ts";

/** A client of one A2A 1.0 server over JSON-RPC. Everything it gives has the form of A2A; it rejects with `remote-agent-failed`. */
export interface Client {
  /** What becomes of a message: its updates while they come, or its answer where the server does not stream. */
  send(
    message: Message,
    signal: AbortSignal,
  ): AsyncGenerator<StreamResponse, void>;
  get(taskId: string, signal: AbortSignal): Promise<Task>;
  cancel(taskId: string, signal: AbortSignal): Promise<Task>;
}

interface Endpoint {
  readonly url: URL;
  readonly tenant: string | undefined;
}

/** Where the card's server takes JSON-RPC of A2A 1.0. */
export function endpointOf(card: AgentCard, cardUrl: URL): Endpoint {
  const found = card.supportedInterfaces.find(
    ({ protocolBinding, protocolVersion }) =>
      protocolBinding === "JSONRPC" && /^1\.\d+$/.test(protocolVersion),
  );
  if (found === undefined)
    throw troubled(
      "offers no JSON-RPC interface of A2A 1.0",
      "Ask its owner for one; other bindings and versions cannot join.",
    );
  return { url: checkedUrl(found.url, cardUrl), tenant: found.tenant };
}

/** Makes a client; `token` is asked for with every request. */
export function createClient(options: {
  readonly card: AgentCard;
  readonly cardUrl: URL;
  readonly token: () => Promise<string>;
}): Client {
  const { card, token } = options;
  const { url, tenant } = endpointOf(card, options.cardUrl);
  let lastId = 0;

  async function post(
    method: string,
    params: object,
    accept: string,
    signal: AbortSignal,
  ): Promise<Response> {
    lastId += 1;
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: lastId,
      method,
      params: tenant === undefined ? params : { tenant, ...params },
    });
    return ask({ url, token: await token(), signal, body }, accept);
  }

  async function call(
    method: string,
    params: object,
    signal: AbortSignal,
  ): Promise<unknown> {
    const response = await post(method, params, "application/json", signal);
    return resultOf(await jsonOf(response, MAX_BYTES.answer));
  }

  async function* stream(
    params: object,
    signal: AbortSignal,
  ): AsyncGenerator<StreamResponse, void> {
    const method = "SendStreamingMessage";
    const response = await post(method, params, "text/event-stream", signal);
    const type = response.headers.get("content-type") ?? "";
    if (!type.startsWith("text/event-stream"))
      yield itemOf(resultOf(await jsonOf(response, MAX_BYTES.answer)));
    else
      for await (const event of eventsOf(response))
        yield itemOf(resultOf(parsed(event)));
  }

  return {
    async *send(message, signal) {
      if (card.capabilities.streaming === true)
        yield* stream({ message }, signal);
      else yield itemOf(await call("SendMessage", { message }, signal));
    },
    get: async (id, signal) => taskIn(await call("GetTask", { id }, signal)),
    cancel: async (id, signal) =>
      taskIn(await call("CancelTask", { id }, signal)),
  };
}

function malformed(cause?: unknown): Error {
  return troubled(
    "answers with something that is not A2A 1.0",
    "Nothing of the answer was used. Tell its owner.",
    cause,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(cause);
  }
}

function resultOf(answer: unknown): unknown {
  const read = RpcResponse.safeParse(answer);
  if (!read.success) throw malformed(read.error);
  const { error, result } = read.data;
  if (error === undefined) return result;
  throw troubled(
    `says no: ${error.message.slice(0, 500)} (${String(error.code)})`,
    "The task was not done there.",
  );
}

function itemOf(result: unknown): StreamResponse {
  const item = StreamResponse.safeParse(result);
  if (item.success) return item.data;
  throw malformed(item.error);
}

function taskIn(result: unknown): Task {
  const task = TaskSchema.safeParse(result);
  if (task.success) return task.data;
  throw malformed(task.error);
}
