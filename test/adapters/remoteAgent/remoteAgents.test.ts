import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, it } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openRemoteAgents } from "../../../src/adapters/remoteAgent/openRemoteAgents.ts";
import { callHub } from "../../../src/hub/callHub.ts";
import type { EventLog } from "../../../src/ports.ts";
import type { Task } from "../../../src/protocol/a2a.ts";
import { AgentsList } from "../../../src/protocol/hub.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { SILENT } from "../../hub/table.ts";
import type { Table } from "../../hub/table.ts";
import { openTable } from "../../hub/table.ts";

const never = new AbortController().signal;

describe("an A2A server elsewhere", { timeout: 60_000 }, () => {
  let far: Table;
  let near: Table;
  let log: EventLog;
  let env: Record<string, string>;
  const servers: Server[] = [];

  function openNear(): Promise<Table> {
    return openTable(
      { ...log, dispose: () => Promise.resolve() },
      {
        remoteAgents: openRemoteAgents({
          // Fifty times as fast: nobody waits for its looks at a task.
          clock: {
            now: () => Date.now(),
            after: (ms, signal) => systemClock.after(ms / 50, signal),
          },
          textLog: SILENT,
          env,
          secret: () => Promise.resolve(undefined),
        }),
      },
    );
  }

  beforeEach(async () => {
    log = memoryLog();
    far = await openTable();
    env = { FAR_TOKEN: far.address.token };
    near = await openNear();
  });
  afterEach(async () => {
    await near.close();
    await far.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    await log.dispose();
  });

  const cardUrl = (): string =>
    `${far.address.url}/agents/worker/.well-known/agent-card.json`;

  async function join(more: object = {}): Promise<void> {
    await callHub(near.address, "agents/join", {
      cardUrl: cardUrl(),
      agentId: "far",
      tokenFrom: "env:FAR_TOKEN",
      ...more,
    });
  }

  async function send(
    text: string,
    more: object = {},
    messageId = text,
  ): Promise<Task> {
    const { task } = (await callHub(near.address, "SendMessage", {
      tenant: "far",
      message: {
        messageId,
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text }],
        ...more,
      },
    })) as { task: Task };
    return task;
  }

  const texts = ({ artifacts = [] }: Task): readonly unknown[] =>
    artifacts.flatMap(({ parts }) => parts.map(({ text }) => text));

  /** A server by hand, for what no real one does. */
  async function serve(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<string> {
    const server = createServer(answer);
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    return `http://127.0.0.1:${String(address.port)}`;
  }

  const plainCard = (url: string): object => ({
    name: "Plain",
    description: "By hand.",
    version: "1",
    supportedInterfaces: [
      { url, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
    ],
    capabilities: { streaming: true },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [],
  });

  it("sits, works, streams and answers questions like any agent of the hub", async () => {
    await join();
    const done = await send("stream 3");
    assert.equal(done.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(texts(done), ["0 ", "1 ", "2 "]);
    const asked = await send("ask");
    assert.equal(asked.status.state, "TASK_STATE_INPUT_REQUIRED");
    assert.equal(asked.status.message?.parts[0]?.text, "Which one?");
    const after = await send("echo that one", { taskId: asked.id });
    assert.equal(after.id, asked.id);
    assert.equal(after.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(texts(after), ["that one"]);
    // There it was one task, in one conversation of its own.
    const contexts = new Set(far.log.read({}).map((event) => event.missionId));
    assert.equal(contexts.size, 2);
    assert.equal(contexts.has("ctx"), false);
    assert.equal(far.worker.executed.length, 3);
  });

  it("is canceled there when its task is canceled here", async () => {
    await join();
    const sent = send("wait");
    await near.log.waitFor(
      "ctx",
      "TaskStatusChanged",
      ({ data }) => data.status.state === "TASK_STATE_WORKING",
      never,
    );
    const { tasks } = (await callHub(near.address, "ListTasks", {
      tenant: "far",
    })) as { tasks: readonly Task[] };
    const id = tasks[0]?.id;
    await callHub(near.address, "CancelTask", { id });
    assert.equal((await sent).status.state, "TASK_STATE_CANCELED");
    assert.equal(far.worker.canceled.length, 1);
  });

  it("is asked again for a task whose stream broke", async () => {
    const ids = { taskId: "there", contextId: "c" };
    const task = (state: string, artifacts: unknown = []): object => ({
      id: "there",
      contextId: "c",
      status: { state },
      artifacts,
    });
    let looks = 0;
    const url = await serve((request, response) => {
      if (request.method === "GET") {
        response.end(JSON.stringify(plainCard(url)));
        return;
      }
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        const { id, method } = JSON.parse(body) as {
          id: number;
          method: string;
        };
        const result = (value: unknown): string =>
          JSON.stringify({ jsonrpc: "2.0", id, result: value });
        if (method === "SendStreamingMessage") {
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.write(
            `data: ${result({ task: task("TASK_STATE_WORKING") })}\n\n: and\r\n`,
          );
          const artifact = { artifactId: "a", parts: [{ text: "half" }] };
          response.write(
            `data: ${result({ artifactUpdate: { ...ids, artifact } })}\n\n`,
            () => response.destroy(),
          );
          return;
        }
        looks += 1;
        const whole = { artifactId: "a", parts: [{ text: "whole" }] };
        response.end(
          result(
            looks < 2
              ? task("TASK_STATE_WORKING")
              : task("TASK_STATE_COMPLETED", [whole]),
          ),
        );
      });
    });
    await join({ cardUrl: `${url}/card`, tokenFrom: undefined });
    const done = await send("anything");
    assert.equal(done.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(texts(done), ["whole"]);
    assert.equal(looks, 2);
  });

  it("that goes away in the middle fails the task, says so in the log, and shows a stranger a code", async () => {
    await join();
    const sent = send("hang");
    await far.log.waitFor("hub", "AgentSeated", () => true, never);
    await near.log.waitFor("ctx", "TaskStatusChanged", () => true, never);
    await far.close();
    const { status } = await sent;
    assert.equal(status.state, "TASK_STATE_FAILED");
    assert.match(status.message?.parts[0]?.text ?? "", /\(task-failed\)/);
    const told = JSON.stringify(near.log.mission("ctx"));
    assert.match(told, /does not answer/);
    far = await openTable();
  });

  it("sits again after the hub was started anew, and never after it left; its token is in no log", async () => {
    await join();
    await near.close();
    near = await openNear();
    await near.hub.whenSeated(["far"], never);
    assert.deepEqual(texts(await send("echo again")), ["again"]);
    await callHub(near.address, "agents/leave", { agentId: "far" });
    await near.close();
    near = await openNear();
    const { agents } = AgentsList.parse(
      await callHub(near.address, "agents/list", {}),
    );
    assert.deepEqual(
      agents.map(({ agentId }) => agentId),
      ["worker"],
    );
    await assert.rejects(
      callHub(near.address, "agents/leave", { agentId: "far" }),
      /no server elsewhere/,
    );
    const said = JSON.stringify(log.read({}));
    assert.match(said, /env:FAR_TOKEN/);
    assert.equal(said.includes(far.address.token), false);
  });

  it("is refused with what to do about it, and nobody is seated: address, token, card, redirect, size", async () => {
    const big = await serve((_request, response) => {
      response.end(JSON.stringify({ name: "x".repeat(300_000) }));
    });
    const moved = await serve((_request, response) => {
      response.writeHead(302, { location: cardUrl() }).end();
    });
    const other = await serve((_request, response) => {
      response.end(JSON.stringify({ hello: "world" }));
    });
    const page = await serve((_request, response) => {
      response.end("<html>");
    });
    for (const [more, why] of [
      [{ cardUrl: "http://a2a.example/card" }, /https/],
      [{ cardUrl: "https://me:secret@a2a.example/card" }, /password/],
      [{ cardUrl: "file:///etc/passwd" }, /https/],
      [{ tokenFrom: "env:NOT_SET" }, /env:NOT_SET/],
      [{ tokenFrom: undefined }, /401.*--token-env/],
      [{ cardUrl: moved }, /status 302/],
      [{ cardUrl: big }, /more than 262144 bytes/],
      [{ cardUrl: other }, /not one of A2A 1\.0/],
      [{ cardUrl: page }, /not JSON/],
      [{ cardUrl: "http://127.0.0.1:9/card" }, /does not answer/],
      [{ agentId: "worker" }, /sits here already/],
      [{ agentId: "No Name" }, /agentId/],
      [{ cardKey: "{}" }, /key/],
    ] as const)
      await assert.rejects(join(more), why, JSON.stringify(more));
    const { agents } = AgentsList.parse(
      await callHub(near.address, "agents/list", {}),
    );
    assert.equal(agents.length, 1);
    assert.equal(
      log.read({}).some(({ type }) => type === "AgentLinked"),
      false,
    );
  });

  it("with a pinned key is let in with a signature of that key alone", async () => {
    for (const make of [
      () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
      () => generateKeyPairSync("ed25519"),
    ]) {
      const { privateKey, publicKey } = make();
      const isEc = privateKey.asymmetricKeyType === "ec";
      const alg = isEc ? "ES256" : "EdDSA";
      let tampered = false;
      const url = await serve((_request, response) => {
        const card = plainCard("http://127.0.0.1:9/rpc");
        const header = Buffer.from(
          JSON.stringify({ alg, typ: "JOSE", jku: "http://127.0.0.1:9/keys" }),
        ).toString("base64url");
        const payload = Buffer.from(canonical(card)).toString("base64url");
        const input = Buffer.from(`${header}.${payload}`);
        const signature = isEc
          ? sign("sha256", input, {
              key: privateKey,
              dsaEncoding: "ieee-p1363",
            })
          : sign(null, input, privateKey);
        const signatures = [
          { protected: header, signature: signature.toString("base64url") },
        ];
        const name = tampered ? { name: "Mallory" } : {};
        response.end(JSON.stringify({ ...card, ...name, signatures }));
      });
      const cardKey = JSON.stringify(publicKey.export({ format: "jwk" }));
      const stranger = JSON.stringify(
        make().publicKey.export({ format: "jwk" }),
      );
      const from = { cardUrl: url, tokenFrom: undefined };
      await assert.rejects(join({ ...from, cardKey: stranger }), /not signed/);
      await join({ ...from, cardKey });
      await callHub(near.address, "agents/leave", { agentId: "far" });
      tampered = true;
      await assert.rejects(join({ ...from, cardKey }), /not signed/);
    }
  });

  it("has its card cleaned: one line, no control characters, no marks that turn writing around, cut", async () => {
    const url = await serve((_request, response) => {
      const card = plainCard("http://127.0.0.1:9/rpc");
      response.end(
        JSON.stringify({
          ...card,
          name: `Evil\u001b[2J\u202e\n${"x".repeat(500)}`,
        }),
      );
    });
    await join({ cardUrl: url, tokenFrom: undefined });
    const { agents } = AgentsList.parse(
      await callHub(near.address, "agents/list", { id: "far" }),
    );
    assert.match(agents[0]?.name ?? "", /^Evil \[2J x{54,}$/);
    assert.equal(agents[0]?.name.length, 64);
  });
});

/** The card's text for its signature, written from the specification: sorted members, neither empty nor false ones. */
function canonical(value: unknown): string {
  return JSON.stringify(prune(value));
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !(Array.isArray(item) && item.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, prune(item)]),
  );
}
