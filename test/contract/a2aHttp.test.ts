import {
  ListTasksRequest,
  ListTasksResponse,
  SendMessageRequest,
  StreamResponse,
  Task,
} from "@a2a-js/sdk";
import type { CallInterceptor, Client } from "@a2a-js/sdk/client";
import { ClientFactory, ClientFactoryOptions } from "@a2a-js/sdk/client";
import type { Discovered } from "../../src/hub/discovery.ts";
import type * as wire from "../../src/protocol/a2a.ts";
import type { A2AClient } from "./a2a.contract.ts";
import { a2aContract } from "./a2a.contract.ts";

/** The SDK's client, led from the hub's card to its JSON-RPC endpoint, with the token on every request. */
async function openSdkClient({ url, token }: Discovered): Promise<Client> {
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

function idOf(request: wire.TaskIdRequest): {
  id: string;
  tenant: string;
  historyLength: number | undefined;
  metadata: undefined;
} {
  const { id, tenant = "", historyLength } = request;
  return { id, tenant, historyLength, metadata: undefined };
}

a2aContract("JSON-RPC and HTTP with the SDK's client", async ({ address }) => {
  const client = await openSdkClient(address);
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
    codeOf: (error) =>
      error instanceof Error && "envelopeCode" in error
        ? (error.envelopeCode as number)
        : undefined,
    textOf: (error) =>
      error instanceof Error && "data" in error
        ? `${error.message} ${JSON.stringify(error.data)}`
        : String(error),
    async close() {
      for (const controller of streams) controller.abort();
      return Promise.resolve();
    },
  };
  return opened;
});
