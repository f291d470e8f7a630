/** The SDK's own A2A server over HTTP: every message becomes a task with one artifact that is completed at once. Prints its port. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AgentCard, Artifact, Task, TaskState } from "@a2a-js/sdk";
import {
  AgentEvent,
  DefaultRequestHandler,
  InMemoryTaskStore,
} from "@a2a-js/sdk/server";
import { jsonRpcHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import express from "express";

const card = AgentCard.fromJSON({
  name: "bench",
  description: "completes every task at once",
  version: "1",
  supportedInterfaces: [
    {
      url: "http://127.0.0.1/",
      protocolBinding: "JSONRPC",
      protocolVersion: "1.0",
    },
  ],
  capabilities: { streaming: true },
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [],
});

const handler = new DefaultRequestHandler(card, new InMemoryTaskStore(), {
  execute({ taskId, contextId, userMessage }, bus) {
    const status = (state: TaskState): Task["status"] => ({
      state,
      timestamp: new Date().toISOString(),
      message: undefined,
    });
    bus.publish(
      AgentEvent.task({
        id: taskId,
        contextId,
        status: status(TaskState.TASK_STATE_WORKING),
        artifacts: [],
        history: [userMessage],
        metadata: {},
      }),
    );
    bus.publish(
      AgentEvent.artifactUpdate({
        taskId,
        contextId,
        artifact: Artifact.fromJSON({
          artifactId: "answer",
          parts: [{ text: "done" }],
        }),
        append: false,
        lastChunk: true,
        metadata: {},
      }),
    );
    bus.publish(
      AgentEvent.statusUpdate({
        taskId,
        contextId,
        status: status(TaskState.TASK_STATE_COMPLETED),
        metadata: {},
      }),
    );
    bus.finished();
    return Promise.resolve();
  },
  cancelTask: () => Promise.resolve(),
});

const app = express();
app.use(
  "/",
  jsonRpcHandler({
    requestHandler: handler,
    userBuilder: UserBuilder.noAuthentication,
  }),
);
const server = createServer(app);
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(
  `${JSON.stringify({ port: (server.address() as AddressInfo).port, token: "" })}\n`,
);
