import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { callHub } from "../../../src/hub/callHub.ts";
import type { EventLog } from "../../../src/ports.ts";
import type { StreamResponse, Task } from "../../../src/protocol/a2a.ts";
import type { IssuedToken } from "../../../src/protocol/hub.ts";
import { AgentsList } from "../../../src/protocol/hub.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { cardOf, seatAgent } from "../scriptedAgent.ts";
import type { Table } from "../table.ts";
import { openTable } from "../table.ts";
import {
  openSocket,
  openWebSocketClient,
  Refused,
  transportOf,
} from "../webSocketClient.ts";

const EXAMPLE = join(import.meta.dirname, "../../../docs/examples/agent.mjs");
const never = new AbortController().signal;

describe("an agent from outside", { timeout: 60_000 }, () => {
  let table: Table;
  let log: EventLog;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    log = memoryLog();
    table = await openTable(log);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null)
        await once(child, "exit");
    }
    await table.close();
  });

  async function issue(
    agentId: string,
    options: { readonly days?: number; readonly mayAsk?: boolean } = {},
  ): Promise<IssuedToken> {
    const params = { agentId, ...options };
    return (await callHub(
      table.address,
      "agents/issueToken",
      params,
    )) as IssuedToken;
  }

  /** The very file of docs/, as a process of its own, once it sits. */
  async function startExample(pace = 0): Promise<ChildProcess> {
    const { token, wsUrl } = await issue("turner");
    const child = spawn(process.execPath, [EXAMPLE, wsUrl], {
      env: { TOKEN: token, PACE: String(pace) },
      stdio: ["ignore", "inherit", "inherit"],
    });
    children.push(child);
    await table.hub.whenSeated(["turner"], never);
    return child;
  }

  const message = (text: string, more: object = {}): object => ({
    message: {
      messageId: text.slice(0, 32),
      contextId: "ctx",
      role: "ROLE_USER",
      parts: [{ text }],
    },
    ...more,
  });

  function call(method: string, params: object): Promise<unknown> {
    return callHub(
      { ...table.address, url: `${table.address.url}/agents/turner` },
      method,
      params,
    );
  }

  it("in forty lines of JavaScript sits down, works, streams, and is reached on the hub's own A2A endpoints", async () => {
    await startExample();
    const sent = (await call("SendMessage", message("one two three"))) as {
      task: Task;
    };
    assert.equal(sent.task.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(
      sent.task.artifacts?.[0]?.parts.map(({ text }) => text),
      ["three ", "two ", "one "],
    );
    const response = await fetch(`${table.address.url}/agents/turner/rpc`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "a2a-version": "1.0",
        authorization: `Bearer ${table.address.token}`,
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "SendStreamingMessage",
        params: message("four five"),
      }),
    });
    const items = (await response.text())
      .split("\n")
      .filter((line) => line.startsWith("data: "))
      .map(
        (line) =>
          (JSON.parse(line.slice(6)) as { result: StreamResponse }).result,
      );
    assert.deepEqual(
      items.flatMap(({ artifactUpdate }) =>
        (artifactUpdate?.artifact.parts ?? []).map(({ text }) => text),
      ),
      ["five ", "four "],
    );
    const card = await fetch(
      `${table.address.url}/agents/turner/.well-known/agent-card.json`,
      { headers: { authorization: `Bearer ${table.address.token}` } },
    );
    assert.equal(((await card.json()) as { name: string }).name, "Turner");
  });

  it("in forty lines of JavaScript lets go of a task when it is asked to cancel", async () => {
    await startExample(10);
    const { task } = (await call(
      "SendMessage",
      message("on and ".repeat(9999), {
        configuration: { returnImmediately: true },
      }),
    )) as { task: Task };
    await log.waitFor("ctx", "TaskArtifactAdded", () => true, never);
    const canceled = (await call("CancelTask", { id: task.id })) as Task;
    assert.equal(canceled.status.state, "TASK_STATE_CANCELED");
    assert.equal(log.mission("ctx").at(-1)?.by, "turner");
  });

  it("leaves when its process ends, and its work fails as that of any agent", async () => {
    const child = await startExample(60_000);
    const sent = call("SendMessage", message("slow"));
    await log.waitFor("ctx", "TaskStatusChanged", () => true, never);
    const left = log.waitFor("hub", "AgentLeft", () => true, never);
    child.kill("SIGKILL");
    assert.equal((await left).data.agentId, "turner");
    const { task } = (await sent) as { task: Task };
    assert.match(task.status.message?.parts[0]?.text ?? "", /agent-missing/);
  });

  it("is shown to whoever looks for its skill, role or capability, and to nobody else", async () => {
    await startExample();
    const found = async (query: object): Promise<readonly string[]> =>
      AgentsList.parse(
        await callHub(table.address, "agents/list", query),
      ).agents.map(({ agentId }) => agentId);
    assert.deepEqual(await found({}), ["worker", "turner"]);
    assert.deepEqual(await found({ skill: "text_*" }), ["turner"]);
    assert.deepEqual(await found({ role: "t*t", capability: "text" }), [
      "turner",
    ]);
    assert.deepEqual(await found({ capability: "streaming" }), [
      "worker",
      "turner",
    ]);
    assert.deepEqual(await found({ id: "work", skill: "*" }), []);
    await assert.rejects(
      callHub(table.address, "agents/list", { role: "no role!" }),
      /role/,
    );
  });

  it("takes the seat its token is for and no other, and calls nobody without leave", async () => {
    const { token, wsUrl } = await issue("guest");
    const client = await openWebSocketClient(wsUrl, token);
    const register = { role: "guest", lineage: "", card: cardOf("guest") };
    const refused = (code: number) => (error: unknown) =>
      error instanceof Refused && error.error.code === code;
    await assert.rejects(
      client.call("agent/register", { ...register, agentId: "worker2" }),
      refused(-32602),
    );
    for (const method of [
      "SendMessage",
      "GetTask",
      "ListTasks",
      "agents/issueToken",
      "agents/revokeToken",
      "agents/join",
    ])
      await assert.rejects(
        client.call(method, { agentId: "guest", ...message("echo hi") }),
        refused(-32004),
        method,
      );
    const huge = { ...cardOf("guest"), version: "x".repeat(70_000) };
    await assert.rejects(
      client.call("agent/register", {
        ...register,
        card: huge,
        agentId: "guest",
      }),
      refused(-32602),
    );
    await client.call("agent/register", { ...register, agentId: "guest" });
    const listed = AgentsList.parse(await client.call("agents/list", {}));
    assert.equal(listed.agents.length, 2);
    await client.close();
    for (const path of ["/rpc", "/agents/worker/rpc"]) {
      const { status } = await fetch(`${table.address.url}${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: "{}",
      });
      assert.equal(status, 401);
    }
  });

  it("that may ask gives work to others and sees its own tasks only", async () => {
    const { token } = await issue("guest", { mayAsk: true });
    const guest = { ...table.address, token };
    const mine = (await callHub(guest, "SendMessage", {
      tenant: "worker",
      ...message("echo mine"),
    })) as { task: Task };
    assert.equal(mine.task.status.state, "TASK_STATE_COMPLETED");
    const other = (await callHub(table.address, "SendMessage", {
      tenant: "worker",
      ...message("ask other"),
    })) as { task: Task };
    const { tasks } = (await callHub(guest, "ListTasks", {})) as {
      tasks: readonly Task[];
    };
    assert.deepEqual(
      tasks.map(({ id }) => id),
      [mine.task.id],
    );
    const { id } = other.task;
    for (const method of ["GetTask", "CancelTask", "SubscribeToTask"])
      await assert.rejects(callHub(guest, method, { id }), /no task/, method);
    const more = { messageId: "m2", role: "ROLE_USER", parts: [{ text: "x" }] };
    await assert.rejects(
      callHub(guest, "SendMessage", { message: { ...more, taskId: id } }),
      /no task/,
    );
    await assert.rejects(
      callHub(guest, "agents/issueToken", { agentId: "guest" }),
      /owner/,
    );
    for (const path of ["/health", "/status", "/metrics"]) {
      const { status } = await fetch(`${guest.url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(status, 401);
    }
  });

  it("gets no token under a name that means somebody else", async () => {
    for (const agentId of ["hub", "human", "client", "everyone", "No Name"])
      await assert.rejects(issue(agentId), /agentId/, agentId);
    await assert.rejects(issue("worker"), /of the hub itself/);
    await assert.rejects(issue("guest", { days: 0 }), /days/);
  });

  it("is cut off when its token is revoked or replaced, and stays out", async () => {
    for (const end of ["agents/revokeToken", "agents/issueToken"]) {
      const { token, wsUrl } = await issue("guest");
      const socket = await openSocket(wsUrl, token);
      await seatAgent(transportOf(socket), "guest");
      const closed = once(socket, "close");
      await callHub(table.address, end, { agentId: "guest" });
      const [code] = (await closed) as [number];
      assert.equal(code, 4001);
      await assert.rejects(openSocket(wsUrl, token), /401/);
    }
  });

  it("comes back with the same token after the hub was started anew; the log holds its digest alone", async () => {
    const { token } = await issue("guest");
    await table.hub.dispose();
    const second = await openTable({ ...log, dispose: async () => undefined });
    try {
      const socket = await openSocket(second.address.wsUrl, token);
      await seatAgent(transportOf(socket), "guest");
      assert.equal(JSON.stringify(log.read({})).includes(token), false);
    } finally {
      await second.close();
    }
  });
});
