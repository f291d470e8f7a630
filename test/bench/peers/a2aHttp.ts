/** Blocking SendMessage over HTTP with the SDK's own client, as its users have it: the same for the SDK's server and for our hub. */
import { randomUUID } from "node:crypto";
import { AgentCard, SendMessageRequest, TaskState } from "@a2a-js/sdk";
import type { CallInterceptor } from "@a2a-js/sdk/client";
import { ClientFactory, ClientFactoryOptions } from "@a2a-js/sdk/client";
import { cardOf } from "../../hub/scriptedAgent.ts";
import { sendParams } from "./roundtable.ts";
import type { Caller, Target } from "./words.ts";

export async function a2aHttpCaller(
  { port, token }: Target,
  path: string,
): Promise<Caller> {
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
      clientConfig: { interceptors: token === "" ? [] : [showToken] },
    }),
  );
  const client = await factory.createFromAgentCard(
    AgentCard.fromJSON({
      ...cardOf("worker"),
      supportedInterfaces: [
        {
          url: `http://127.0.0.1:${String(port)}${path}`,
          protocolBinding: "JSONRPC",
          protocolVersion: "1.0",
        },
      ],
    }),
  );
  const { message } = sendParams();
  return {
    async call() {
      const result = await client.sendMessage(
        SendMessageRequest.fromJSON({
          message: { ...message, messageId: randomUUID() },
        }),
      );
      const state = "status" in result ? result.status?.state : undefined;
      if (state !== TaskState.TASK_STATE_COMPLETED)
        throw new Error(`the task ended as ${String(state)}`);
    },
    close: () => Promise.resolve(),
  };
}
