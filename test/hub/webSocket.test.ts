import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import WebSocket from "ws";
import type { Task } from "../../src/protocol/a2a.ts";
import { cardOf, seatAgent } from "./scriptedAgent.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import type { WebSocketClient } from "./webSocketClient.ts";
import {
  openSocket,
  openWebSocketClient,
  Refused,
  transportOf,
} from "./webSocketClient.ts";

const never = new AbortController().signal;

function echo(text: string): unknown {
  return {
    tenant: "worker",
    message: {
      messageId: text,
      role: "ROLE_USER",
      parts: [{ text: `echo ${text}` }],
    },
  };
}

function refusedWith(code: number): (error: unknown) => boolean {
  return (error) => error instanceof Refused && error.error.code === code;
}

describe("a WebSocket at the hub", { timeout: 60_000 }, () => {
  let table: Table;
  let client: WebSocketClient;
  beforeEach(async () => {
    table = await openTable();
    const { wsUrl, token } = table.address;
    client = await openWebSocketClient(wsUrl, token);
  });
  afterEach(async () => {
    await client.close();
    await table.close();
  });

  const works = async (on: WebSocketClient): Promise<void> => {
    const { task } = (await on.call("SendMessage", echo("still here"))) as {
      task: Task;
    };
    assert.equal(task.status.state, "TASK_STATE_COMPLETED");
  };

  it("survives frames that do not fit, and says what is wrong with each", async () => {
    const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
    const cases: (readonly [string, number])[] = [
      ["this is not json", -32700],
      ["", -32700],
      [deep, -32700],
      ["[]", -32600],
      ["null", -32600],
      ["7", -32600],
      ['{"hello":1}', -32600],
      ['{"id":{},"method":"GetTask","jsonrpc":"2.0"}', -32600],
      ['{"method":"GetTask","jsonrpc":"1.0"}', -32600],
    ];
    for (const [frame, code] of cases) {
      const answer = await client.raw(frame);
      assert.equal(answer.error?.code, code, frame);
      assert.equal(answer.id, null);
    }
    await works(client);
  });

  it("is cut off after too many of them, which nobody else notices", async () => {
    const closed = once(client.socket, "close");
    for (let count = 0; count < 40; count += 1) client.socket.send("rubbish");
    const [code] = (await closed) as [number];
    assert.equal(code, 4000);
    const other = await openWebSocketClient(
      table.address.wsUrl,
      table.address.token,
    );
    await works(other);
    await other.close();
  });

  it("is closed for an oversized or a binary frame, which nobody else notices", async () => {
    for (const [frame, expected] of [
      ["x".repeat(1024 * 1024 + 1), 1009],
      [Buffer.from("{}"), 1003],
    ] as const) {
      const { wsUrl, token } = table.address;
      const socket = await openSocket(wsUrl, token);
      const closed = once(socket, "close");
      socket.send(frame);
      const [code] = (await closed) as [number];
      assert.equal(code, expected);
    }
    await works(client);
  });

  it("is not opened without the token, with an Origin, or without the subprotocol", async () => {
    const { wsUrl, token } = table.address;
    const authorization = `Bearer ${token}`;
    const cases = [
      [new WebSocket(wsUrl, "a2a.v1"), 401],
      [
        new WebSocket(wsUrl, "a2a.v1", {
          headers: { authorization },
          origin: "https://evil.test",
        }),
        401,
      ],
      [new WebSocket(wsUrl, "other", { headers: { authorization } }), 400],
      [
        new WebSocket(wsUrl.replace("/ws", "/other"), "a2a.v1", {
          headers: { authorization },
        }),
        404,
      ],
    ] as const;
    for (const [socket, status] of cases) {
      const [error] = (await once(socket, "error")) as [Error];
      assert.match(error.message, new RegExp(`${String(status)}$`));
    }
  });

  it("refuses unknown methods, versions and push configurations by code", async () => {
    await assert.rejects(client.call("DropTables", {}), refusedWith(-32601));
    await assert.rejects(
      client.call("CreateTaskPushNotificationConfig", {}),
      refusedWith(-32003),
    );
    const answer = await new Promise<{ error?: { code: number } }>(
      (resolve) => {
        client.socket.once("message", (data: Buffer) => {
          resolve(JSON.parse(data.toString("utf8")) as object);
        });
        client.socket.send(
          JSON.stringify({
            jsonrpc: "2.0",
            id: 99,
            method: "GetTask",
            params: { id: "x" },
            serviceParams: { "A2A-Version": "2.0" },
          }),
        );
      },
    );
    assert.equal(answer.error?.code, -32009);
  });

  it("is told when the hub ends, and whoever waited is not left waiting", async () => {
    const sent = client.call("SendMessage", {
      tenant: "worker",
      message: {
        messageId: "m",
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text: "hang" }],
      },
    });
    const refused = assert.rejects(sent, refusedWith(-32603));
    await table.log.waitFor("ctx", "TaskStatusChanged", () => true, never);
    const closed = once(client.socket, "close");
    await table.hub.dispose();
    const [code] = (await closed) as [number];
    assert.equal(code, 1001);
    await refused;
    const states = table.log
      .mission("ctx")
      .flatMap((event) =>
        event.type === "TaskStatusChanged" ? [event.data.status.state] : [],
      );
    assert.deepEqual(states, ["TASK_STATE_WORKING"]);
  });

  it("seats an agent that works like one in the process", async () => {
    const { wsUrl, token } = table.address;
    const socket = await openSocket(wsUrl, token);
    const remote = await seatAgent(transportOf(socket), "remote");
    await table.hub.whenSeated(["worker", "remote"], never);
    const seats = table.hub.team.seats();
    assert.deepEqual(
      seats.map(({ agentId }) => agentId),
      ["worker", "remote"],
    );
    const text: string[] = [];
    const stop = table.hub.onText((missionId, agentId, delta) => {
      text.push(`${missionId} ${agentId} ${delta}`);
    });
    const { task } = (await client.call("SendMessage", {
      tenant: "remote",
      message: {
        messageId: "m",
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text: "stream 2" }],
      },
    })) as { task: Task };
    stop();
    assert.equal(task.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(text, ["ctx remote 0 ", "ctx remote 1 "]);
    assert.equal(remote.executed.length, 1);
    const seated = table.log.read({}).map((event) => event.type);
    assert.ok(seated.includes("AgentSeated"));
    const left = table.log.waitFor("hub", "AgentLeft", () => true, never);
    remote.leave();
    assert.equal((await left).data.agentId, "remote");
    assert.equal(table.hub.team.seats().length, 1);
  });

  it("that goes away fails the tasks its agent had, and only those", async () => {
    const { wsUrl, token } = table.address;
    const socket = await openSocket(wsUrl, token);
    await seatAgent(transportOf(socket), "remote");
    const sent = client.call("SendMessage", {
      tenant: "remote",
      message: {
        messageId: "m",
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text: "hang" }],
      },
    });
    await table.log.waitFor("ctx", "TaskStatusChanged", () => true, never);
    socket.terminate();
    const { task } = (await sent) as { task: Task };
    assert.equal(task.status.state, "TASK_STATE_FAILED");
    assert.match(
      task.status.message?.parts[0]?.text ?? "",
      /\(agent-missing\)/,
    );
    await works(client);
  });

  it("cannot take a seat that is taken or the hub's own name, nor speak for another agent's task", async () => {
    const register = {
      agentId: "worker",
      role: "worker",
      lineage: "x",
      card: cardOf("impostor"),
    };
    for (const agentId of ["worker", "hub", "human", "No Name", ""])
      await assert.rejects(
        client.call("agent/register", { ...register, agentId }),
        refusedWith(-32602),
      );
    const { task } = (await client.call("SendMessage", {
      tenant: "worker",
      configuration: { returnImmediately: true },
      message: {
        messageId: "m",
        role: "ROLE_USER",
        parts: [{ text: "hold it" }],
      },
    })) as { task: Task };
    client.socket.send(
      JSON.stringify({
        jsonrpc: "2.0",
        method: "task/status",
        params: {
          taskId: task.id,
          contextId: task.contextId,
          status: { state: "TASK_STATE_COMPLETED" },
        },
      }),
    );
    await works(client);
    const now = (await client.call("GetTask", { id: task.id })) as Task;
    assert.equal(now.status.state, "TASK_STATE_WORKING");
  });
});
