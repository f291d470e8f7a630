import type { RpcId } from "../protocol/jsonRpc.ts";
import { RpcRequest } from "../protocol/jsonRpc.ts";
import type { Reply } from "./connection.ts";
import type { Cards } from "./cards.ts";
import type { Ask, Handler } from "./handler.ts";
import type { PushOperations } from "./push/operations.ts";
import { versionFor } from "./version.ts";
import {
  invalidField,
  RPC_CODE,
  versionNotSupported,
  WireError,
} from "./wireError.ts";

/** A JSON-RPC call of an A2A method, whatever the binding it came by. */
export interface A2ACall extends Ask {
  readonly method: string;
  /** The service parameter `A2A-Version`; undefined when it was not sent. */
  readonly version: string | undefined;
  /** W3C trace context of the sender, as it came: header or service parameter `traceparent`. */
  readonly traceparent?: string | undefined;
}

/** The agent of the path and the one of `tenant` must not contradict each other. */
function agentOf(ask: Ask): string | undefined {
  const { params, agentId } = ask;
  const tenant =
    params !== null && typeof params === "object" && "tenant" in params
      ? params.tenant
      : undefined;
  if (tenant === undefined || tenant === "") return agentId;
  if (typeof tenant !== "string" || (agentId ?? tenant) !== tenant)
    throw invalidField("tenant", "is not the agent of this address");
  return tenant;
}

/** Makes the one dispatcher of the methods of A2A 1.0, whatever the binding. Rejects with wire errors. */
export function createDispatch(
  handler: Handler,
  cards: Cards,
  push: PushOperations,
): (call: A2ACall) => Promise<Reply> {
  return async (call) => {
    const { method, version } = call;
    if (versionFor(method, version) !== "1.0")
      throw versionNotSupported(version ?? "0.3");
    const ask: Ask = { ...call, agentId: agentOf(call) };
    switch (method) {
      case "SendMessage":
        return { kind: "value", value: await handler.sendMessage(ask) };
      case "SendStreamingMessage":
        return {
          kind: "stream",
          items: await handler.sendStreamingMessage(ask),
        };
      case "GetTask":
        return { kind: "value", value: handler.getTask(ask) };
      case "ListTasks":
        return { kind: "value", value: handler.listTasks(ask) };
      case "CancelTask":
        return { kind: "value", value: await handler.cancelTask(ask) };
      case "SubscribeToTask":
        return { kind: "stream", items: handler.subscribeToTask(ask) };
      case "GetExtendedAgentCard":
        return { kind: "value", value: cards.extended(ask.agentId) };
      case "CreateTaskPushNotificationConfig":
        return { kind: "value", value: await push.create(ask) };
      case "GetTaskPushNotificationConfig":
        return { kind: "value", value: await push.get(ask) };
      case "ListTaskPushNotificationConfigs":
        return { kind: "value", value: await push.list(ask) };
      case "DeleteTaskPushNotificationConfig":
        return { kind: "value", value: await push.remove(ask) };
      default:
        throw new WireError(
          RPC_CODE.methodNotFound,
          "There is no such method in A2A 1.0.",
        );
    }
  };
}

/** Reads one JSON-RPC request; a batch, a notification and anything else is −32600, with the id where there is one. */
export function readRequest(body: unknown):
  | { readonly ok: true; readonly id: RpcId; readonly request: RpcRequest }
  | {
      readonly ok: false;
      readonly id: RpcId | null;
      readonly error: WireError;
    } {
  const parsed = RpcRequest.safeParse(body);
  if (parsed.success && parsed.data.id !== undefined)
    return { ok: true, id: parsed.data.id, request: parsed.data };
  const given =
    body !== null && typeof body === "object" && "id" in body
      ? body.id
      : undefined;
  const id =
    typeof given === "string" || Number.isInteger(given)
      ? (given as RpcId)
      : null;
  const message =
    "This is not one JSON-RPC 2.0 request with an id and a method.";
  return {
    ok: false,
    id,
    error: new WireError(RPC_CODE.invalidRequest, message),
  };
}
