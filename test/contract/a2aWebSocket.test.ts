import type {
  PushConfig,
  StreamResponse,
  Task,
} from "../../src/protocol/a2a.ts";
import { Refused, openWebSocketClient } from "../hub/webSocketClient.ts";
import type { A2AClient } from "./a2a.contract.ts";
import { a2aContract } from "./a2a.contract.ts";

a2aContract("our WebSocket binding", async ({ address }) => {
  const client = await openWebSocketClient(address.wsUrl, address.token);
  return {
    sendMessage: async (request) =>
      ((await client.call("SendMessage", request)) as { task: Task }).task,
    sendStreamingMessage: (request) =>
      client.stream("SendStreamingMessage", request) as AsyncGenerator<
        StreamResponse,
        void
      >,
    getTask: async (request) => (await client.call("GetTask", request)) as Task,
    cancelTask: async (request) =>
      (await client.call("CancelTask", request)) as Task,
    listTasks: async (request) =>
      (await client.call("ListTasks", request)) as Awaited<
        ReturnType<A2AClient["listTasks"]>
      >,
    subscribeToTask: (request) =>
      client.stream("SubscribeToTask", request) as AsyncGenerator<
        StreamResponse,
        void
      >,
    createPushConfig: async (config) =>
      (await client.call(
        "CreateTaskPushNotificationConfig",
        config,
      )) as PushConfig,
    getPushConfig: async (request) =>
      (await client.call(
        "GetTaskPushNotificationConfig",
        request,
      )) as PushConfig,
    listPushConfigs: async (request) =>
      (await client.call(
        "ListTaskPushNotificationConfigs",
        request,
      )) as Awaited<ReturnType<A2AClient["listPushConfigs"]>>,
    deletePushConfig: async (request) => {
      await client.call("DeleteTaskPushNotificationConfig", request);
    },
    codeOf: (error) =>
      error instanceof Refused ? error.error.code : undefined,
    textOf: (error) =>
      error instanceof Refused ? JSON.stringify(error.error) : "",
    close: () => client.close(),
  };
});
