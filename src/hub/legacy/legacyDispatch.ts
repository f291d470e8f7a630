import type { Chance } from "../../ports.ts";
import type { StreamResponse, Task } from "../../protocol/a2a.ts";
import {
  EarlySend,
  LegacySend,
  LegacyTaskId,
  LegacyTaskPushConfig,
} from "../../protocol/a2aLegacy.ts";
import type { Reply } from "../connection.ts";
import type { A2ACall } from "../jsonRpc.ts";
import { versionFor } from "../version.ts";
import {
  parseParams,
  RPC_CODE,
  taskNotFound,
  WireError,
} from "../wireError.ts";
import type { Dialect } from "./fromCurrent.ts";
import { fromPushConfig, fromStreamItem, fromTask } from "./fromCurrent.ts";
import { dialectOf, toPushConfig, toSend } from "./toCurrent.ts";

type Dispatch = (call: A2ACall) => Promise<Reply>;

async function* inWordsOf(
  items: AsyncIterable<unknown>,
  dialect: Dialect,
  isSubscription: boolean,
): AsyncGenerator<object, void, undefined> {
  for await (const item of items)
    // What our own dispatcher streams is no stranger's.
    yield fromStreamItem(item as StreamResponse, dialect, isSubscription);
}

/** Puts A2A 0.3, and what came before it, in front of the dispatcher of 1.0: calls made in them are translated both ways, all others passed on. */
export function createLegacy(dispatch: Dispatch, chance: Chance): Dispatch {
  async function ask(
    call: A2ACall,
    method: string,
    params: unknown,
  ): Promise<Reply> {
    return dispatch({ ...call, method, params, version: "1.0" });
  }

  async function askForValue(
    call: A2ACall,
    method: string,
    params: unknown,
  ): Promise<unknown> {
    const reply = await ask(call, method, params);
    return reply.kind === "value" ? reply.value : undefined;
  }

  async function send(call: A2ACall, method: string): Promise<Reply> {
    const dialect = dialectOf(call.params);
    const params =
      dialect === "early"
        ? parseParams(EarlySend, call.params)
        : parseParams(LegacySend, call.params);
    const reply = await ask(call, method, toSend(params, chance.id()));
    if (reply.kind === "stream")
      return { ...reply, items: inWordsOf(reply.items, dialect, false) };
    const { task } = reply.value as { readonly task: Task };
    return { kind: "value", value: fromTask(task, dialect) };
  }

  async function push(call: A2ACall, what: string): Promise<unknown> {
    if (what === "set") {
      const { taskId, pushNotificationConfig } = parseParams(
        LegacyTaskPushConfig,
        call.params,
      );
      const made = await askForValue(
        call,
        "CreateTaskPushNotificationConfig",
        toPushConfig(pushNotificationConfig, taskId),
      );
      return fromPushConfig(made as Record<string, unknown>);
    }
    const { id: taskId, pushNotificationConfigId: id } = parseParams(
      LegacyTaskId,
      call.params,
    );
    if (what === "delete") {
      await askForValue(call, "DeleteTaskPushNotificationConfig", {
        taskId,
        id,
      });
      return null;
    }
    if (what === "get" && id !== undefined)
      return fromPushConfig(
        (await askForValue(call, "GetTaskPushNotificationConfig", {
          taskId,
          id,
        })) as Record<string, unknown>,
      );
    const { configs = [] } = (await askForValue(
      call,
      "ListTaskPushNotificationConfigs",
      { taskId },
    )) as { readonly configs?: readonly Record<string, unknown>[] };
    const all = configs.map(fromPushConfig);
    if (what === "list") return all;
    const [first] = all;
    if (first === undefined) throw taskNotFound(taskId);
    return first;
  }

  async function legacy(call: A2ACall): Promise<Reply> {
    switch (call.method) {
      case "message/send":
        return send(call, "SendMessage");
      case "message/stream":
        return send(call, "SendStreamingMessage");
      case "tasks/resubscribe": {
        const { id } = parseParams(LegacyTaskId, call.params);
        const reply = await ask(call, "SubscribeToTask", { id });
        if (reply.kind === "value") return reply;
        return { ...reply, items: inWordsOf(reply.items, "0.3", true) };
      }
      default:
        return { kind: "value", value: await legacyValue(call) };
    }
  }

  async function legacyValue(call: A2ACall): Promise<unknown> {
    const { method, params } = call;
    switch (method) {
      case "tasks/get": {
        const { id, historyLength } = parseParams(LegacyTaskId, params);
        const task = await askForValue(call, "GetTask", { id, historyLength });
        return fromTask(task as Task, "0.3");
      }
      case "tasks/cancel": {
        const { id } = parseParams(LegacyTaskId, params);
        const task = await askForValue(call, "CancelTask", { id });
        return fromTask(task as Task, "0.3");
      }
      case "tasks/pushNotificationConfig/set":
      case "tasks/pushNotificationConfig/get":
      case "tasks/pushNotificationConfig/list":
      case "tasks/pushNotificationConfig/delete":
        return push(call, method.slice(method.lastIndexOf("/") + 1));
      case "agent/getAuthenticatedExtendedCard":
        return askForValue(call, "GetExtendedAgentCard", {});
      default:
        throw new WireError(
          RPC_CODE.methodNotFound,
          "There is no such method in A2A 0.3.",
        );
    }
  }

  return (call) =>
    versionFor(call.method, call.version) === "0.3"
      ? legacy(call)
      : dispatch(call);
}
