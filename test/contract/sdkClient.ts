/** The SDK's client of A2A 1.0 as the contract suite sees it, over either of its HTTP bindings. */
import {
  ListTasksRequest,
  ListTasksResponse,
  SendMessageRequest,
  StreamResponse,
  Task,
  TaskPushNotificationConfig,
} from "@a2a-js/sdk";
import type { CallInterceptor, Client } from "@a2a-js/sdk/client";
import { ClientFactory, ClientFactoryOptions } from "@a2a-js/sdk/client";
import type { Discovered } from "../../src/hub/discovery.ts";
import type * as wire from "../../src/protocol/a2a.ts";
import type { A2AClient } from "./a2a.contract.ts";

type Binding = "JSONRPC" | "HTTP+JSON";

/** The SDK names errors of the REST binding by class only. */
const CODES: Readonly<Record<string, number>> = {
  TaskNotFoundError: -32001,
  TaskNotCancelableError: -32002,
  PushNotificationNotSupportedError: -32003,
  UnsupportedOperationError: -32004,
  ContentTypeNotSupportedError: -32005,
  VersionNotSupportedError: -32009,
  RequestMalformedError: -32602,
};

/** Led from the hub's card to its address of the binding, with the token on every request. */
async function openClient(
  { url, token }: Discovered,
  binding: Binding,
): Promise<Client> {
  const showToken: CallInterceptor = {
    before(args) {
      args.options = {
        ...args.options,
        serviceParameters: {
          ...args.options?.serviceParameters,
          authorization: `Bearer ${token}`,
        },
      };
      return Promise.resolve();
    },
    after: () => Promise.resolve(),
  };
  const factory = new ClientFactory(
    ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
      preferredTransports: [binding],
      clientConfig: { interceptors: [showToken] },
    }),
  );
  return factory.createFromUrl(url);
}

/** The SDK's own objects as the JSON they stand for. */
async function* toWire(
  stream: AsyncGenerator<StreamResponse, void, undefined>,
): AsyncGenerator<wire.StreamResponse, void> {
  for await (const item of stream)
    yield StreamResponse.toJSON(item) as wire.StreamResponse;
}

function taskOf(result: unknown): wire.Task {
  return Task.toJSON(result as Task) as wire.Task;
}

function configOf(result: TaskPushNotificationConfig): wire.PushConfig {
  return TaskPushNotificationConfig.toJSON(result) as wire.PushConfig;
}

function idOf(request: wire.TaskIdRequest): {
  id: string;
  tenant: string;
  historyLength: number | undefined;
  metadata: undefined;
} {
  const { id, tenant = "", historyLength } = request;
  return { id, tenant, historyLength, metadata: undefined };
}

/** Opens the client at a hub. */
export async function openSdkClient(
  address: Discovered,
  binding: Binding,
): Promise<A2AClient> {
  const client = await openClient(address, binding);
  const streams = new Set<AbortController>();
  const own = (): AbortSignal => {
    const controller = new AbortController();
    streams.add(controller);
    return controller.signal;
  };
  const opened: A2AClient = {
    sendMessage: async (request) =>
      taskOf(await client.sendMessage(SendMessageRequest.fromJSON(request))),
    sendStreamingMessage: (request) =>
      toWire(
        client.sendMessageStream(SendMessageRequest.fromJSON(request), {
          signal: own(),
        }),
      ),
    getTask: async (request) => taskOf(await client.getTask(idOf(request))),
    cancelTask: async (request) =>
      taskOf(await client.cancelTask(idOf(request))),
    async listTasks(request) {
      const response = await client.listTasks(
        ListTasksRequest.fromJSON(request),
      );
      return {
        tasks: response.tasks.map(taskOf),
        nextPageToken: response.nextPageToken,
        totalSize: ListTasksResponse.fromJSON(response).totalSize,
      };
    },
    subscribeToTask: (request) =>
      toWire(client.resubscribeTask(idOf(request), { signal: own() })),
    createPushConfig: async (config) =>
      configOf(
        await client.createTaskPushNotificationConfig(
          TaskPushNotificationConfig.fromJSON(config),
        ),
      ),
    getPushConfig: async ({ taskId, id, tenant = "" }) =>
      configOf(
        await client.getTaskPushNotificationConfig({ taskId, id, tenant }),
      ),
    async listPushConfigs(request) {
      const { taskId, tenant = "", pageSize = 0, pageToken = "" } = request;
      const asked = { taskId, tenant, pageSize, pageToken };
      const response = await client.listTaskPushNotificationConfig(asked);
      return {
        configs: response.configs.map(configOf),
        nextPageToken: response.nextPageToken,
      };
    },
    async deletePushConfig({ taskId, id, tenant = "" }) {
      await client.deleteTaskPushNotificationConfig({ taskId, id, tenant });
    },
    codeOf: (error) => {
      if (!(error instanceof Error)) return undefined;
      return "envelopeCode" in error
        ? (error.envelopeCode as number)
        : CODES[error.name];
    },
    textOf(error) {
      if (!(error instanceof Error)) return "";
      const data = "data" in error ? error.data : undefined;
      const metadata = "metadata" in error ? error.metadata : undefined;
      return JSON.stringify([error.message, data, metadata]);
    },
    async close() {
      for (const controller of streams) controller.abort();
      return Promise.resolve();
    },
  };
  return opened;
}
