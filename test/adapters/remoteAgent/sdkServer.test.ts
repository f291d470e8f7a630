import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import {
  AgentCard,
  Artifact,
  generateAgentCardSignature,
  TaskState,
} from "@a2a-js/sdk";
import type { Task as SdkTask } from "@a2a-js/sdk";
import {
  AgentEvent,
  DefaultRequestHandler,
  InMemoryTaskStore,
} from "@a2a-js/sdk/server";
import { jsonRpcHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import express from "express";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openRemoteAgents } from "../../../src/adapters/remoteAgent/openRemoteAgents.ts";
import { callHub } from "../../../src/hub/callHub.ts";
import type { Task } from "../../../src/protocol/a2a.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { openTable, SILENT } from "../../hub/table.ts";

test("the SDK's own server joins by its card, which it signed, and works for the hub", async (t) => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const sign = generateAgentCardSignature(privateKey, {
    alg: "ES256",
    kid: "k",
    typ: "JOSE",
  });
  const card = await sign(
    AgentCard.fromJSON({
      name: "Echo",
      description: "says it again",
      version: "1",
      supportedInterfaces: [
        {
          url: `${url}/rpc`,
          protocolBinding: "JSONRPC",
          protocolVersion: "1.0",
        },
      ],
      capabilities: { streaming: true },
      defaultInputModes: ["text/plain"],
      defaultOutputModes: ["text/plain"],
      skills: [{ id: "echo", name: "Echo", description: "Echoes.", tags: [] }],
    }),
  );
  const handler = new DefaultRequestHandler(card, new InMemoryTaskStore(), {
    execute({ taskId, contextId, userMessage }, bus) {
      const status = (state: TaskState): SdkTask["status"] => ({
        state,
        timestamp: new Date().toISOString(),
        message: undefined,
      });
      const ids = { taskId, contextId, metadata: {} };
      const [part] = userMessage.parts;
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
          ...ids,
          artifact: {
            ...Artifact.fromJSON({ artifactId: "echo" }),
            parts: part === undefined ? [] : [part],
          },
          append: false,
          lastChunk: true,
        }),
      );
      bus.publish(
        AgentEvent.statusUpdate({
          ...ids,
          status: status(TaskState.TASK_STATE_COMPLETED),
        }),
      );
      bus.finished();
      return Promise.resolve();
    },
    cancelTask: () => Promise.resolve(),
  });
  const app = express();
  app.get("/card", (_request, response) => {
    response.json(AgentCard.toJSON(card));
  });
  app.use(
    "/rpc",
    jsonRpcHandler({
      requestHandler: handler,
      userBuilder: UserBuilder.noAuthentication,
    }),
  );
  server.on("request", app);

  const table = await openTable(memoryLog(), {
    remoteAgents: openRemoteAgents({
      clock: systemClock,
      textLog: SILENT,
      env: {},
      secret: () => Promise.resolve(undefined),
    }),
  });
  t.after(() => table.close());
  const joined = await callHub(table.address, "agents/join", {
    cardUrl: `${url}/card`,
    cardKey: JSON.stringify(publicKey.export({ format: "jwk" })),
  });
  assert.deepEqual(joined, { agentId: "echo", name: "Echo" });
  for (const text of ["once", "twice"]) {
    const { task } = (await callHub(table.address, "SendMessage", {
      tenant: "skill:echo",
      message: {
        messageId: text,
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text }],
      },
    })) as { task: Task };
    assert.equal(task.status.state, "TASK_STATE_COMPLETED");
    assert.equal(task.artifacts?.[0]?.parts[0]?.text, text);
  }
});
