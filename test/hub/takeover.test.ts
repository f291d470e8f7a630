import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import type WebSocket from "ws";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { callHub } from "../../src/hub/callHub.ts";
import type { Transport } from "../../src/ports.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import type { Register, SeatedAgent } from "../../src/protocol/hub.ts";
import { AgentsList } from "../../src/protocol/hub.ts";
import { logFile } from "../adapters/log/fixture.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { ManualClock } from "./manualClock.ts";
import { manualClock } from "./manualClock.ts";
import type { ScriptedAgent } from "./scriptedAgent.ts";
import { seatAgent } from "./scriptedAgent.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import {
  openSocket,
  openWebSocketClient,
  transportOf,
} from "./webSocketClient.ts";

const never = new AbortController().signal;

interface OnSocket extends ScriptedAgent {
  readonly socket: WebSocket;
  /** From now on health checks get no answer. */
  mute(is: boolean): void;
  /** Resolves with the next health check. */
  asked(): Promise<void>;
}

describe("an agent that cannot go on", { timeout: 60_000 }, () => {
  let table: Table;
  let clock: ManualClock;
  let sent = 0;
  beforeEach(async () => {
    clock = manualClock();
    table = await openTable(memoryLog(clock), { clock });
  });
  afterEach(() => table.close());

  async function seat(
    agentId: string,
    role: string,
    more: Partial<Register> = {},
  ): Promise<OnSocket> {
    const { wsUrl, token } = table.address;
    const socket = await openSocket(wsUrl, token);
    const plain = transportOf(socket);
    let isMute = false;
    let tell: () => void = () => undefined;
    const transport: Transport = {
      ...plain,
      onFrame: (listener) => {
        plain.onFrame((frame) => {
          if (!frame.includes('"agent/health"')) listener(frame);
          else {
            tell();
            if (!isMute) listener(frame);
          }
        });
      },
    };
    const agent = await seatAgent(transport, agentId, { role, ...more });
    return {
      ...agent,
      socket,
      mute: (is) => {
        isMute = is;
      },
      asked: () =>
        new Promise((resolve) => {
          tell = resolve;
        }),
    };
  }

  async function send(tenant: string, text: string): Promise<Task> {
    const { task } = (await callHub(table.address, "SendMessage", {
      tenant,
      configuration: { returnImmediately: true },
      message: {
        messageId: `m${String((sent += 1))}`,
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text }],
      },
    })) as { task: Task };
    return task;
  }

  const get = async ({ id }: Task): Promise<Task> =>
    (await callHub(table.address, "GetTask", { id })) as Task;

  const agentOf = ({ metadata }: Task): unknown => metadata?.["agentId"];

  function happens(
    type: "TaskReassigned" | "TaskStatusChanged" | "TaskArtifactAdded",
    who: string,
  ): Promise<unknown> {
    return table.log.waitFor(
      "ctx",
      type,
      ({ data, by }) => ("to" in data ? data.to === who : by === who),
      never,
    );
  }

  async function over(task: Task): Promise<string> {
    const { data } = await table.log.waitFor(
      "ctx",
      "TaskStatusChanged",
      ({ data }) =>
        data.taskId === task.id &&
        /COMPLETED|FAILED|CANCELED/.test(data.status.state),
      never,
    );
    return data.status.state;
  }

  async function listed(id: string): Promise<SeatedAgent | undefined> {
    const answer = await callHub(table.address, "agents/list", { id });
    return AgentsList.parse(answer).agents[0];
  }

  /** One health check of this agent without an answer. */
  async function miss(agent: OnSocket): Promise<void> {
    const asked = agent.asked();
    await clock.advance(10_000);
    await asked;
    await clock.advance(5000);
  }

  it("has its work taken over by another of the role when it goes away, and its late words are nobody's", async () => {
    const ada = await seat("ada", "developer");
    const task = await send("role:developer", "linger");
    await happens("TaskStatusChanged", "ada");
    const bob = await seat("bob", "developer");
    bob.follow("echo done by bob");
    const unwell = table.log.waitFor(
      "hub",
      "AgentUnhealthy",
      () => true,
      never,
    );
    ada.socket.terminate();
    assert.equal((await unwell).data.agentId, "ada");
    assert.equal(await over(task), "TASK_STATE_COMPLETED");
    const after = await get(task);
    assert.equal(agentOf(after), "bob");
    assert.equal(after.artifacts?.[0]?.parts[0]?.text, "done by bob");
    const moved = table.log
      .mission("ctx")
      .filter(({ type }) => type === "TaskReassigned");
    assert.equal(moved.length, 1);
    // It is well again once it sits again, and says something old.
    const recovered = table.log.waitFor(
      "hub",
      "AgentRecovered",
      () => true,
      never,
    );
    const back = await seat("ada", "developer");
    assert.equal((await recovered).data.agentId, "ada");
    back.peer.notify("task/status", {
      taskId: task.id,
      contextId: "ctx",
      status: { state: "TASK_STATE_FAILED" },
    });
    await back.peer.request("agent/heartbeat", {});
    assert.equal((await get(task)).status.state, "TASK_STATE_COMPLETED");
  });

  it("fails what was given to it by name, as ever", async () => {
    const ada = await seat("ada", "developer");
    await seat("bob", "developer");
    const task = await send("ada", "linger");
    await happens("TaskStatusChanged", "ada");
    ada.socket.terminate();
    assert.equal(await over(task), "TASK_STATE_FAILED");
    assert.match(
      (await get(task)).status.message?.parts[0]?.text ?? "",
      /agent-missing/,
    );
  });

  it("has what was given to it by name done by its fallback, when it named one", async () => {
    const ada = await seat("ada", "developer", { fallback: "eve" });
    const eve = await seat("eve", "helper");
    eve.follow("echo instead");
    const task = await send("ada", "linger");
    await happens("TaskStatusChanged", "ada");
    ada.socket.terminate();
    assert.equal(await over(task), "TASK_STATE_COMPLETED");
    assert.equal(agentOf(await get(task)), "eve");
  });

  it("passes a task on at most twice: what ends its agents does not end them all", async () => {
    const names = ["ada", "bob", "cid", "dan"];
    const agents = new Map<string, OnSocket>();
    for (const name of names) {
      agents.set(name, await seat(name, "developer"));
      await clock.advance(1000);
    }
    const task = await send("role:developer", "linger");
    for (const name of ["ada", "bob", "cid"]) {
      await happens("TaskStatusChanged", name);
      agents.get(name)?.socket.terminate();
    }
    assert.equal(await over(task), "TASK_STATE_FAILED");
    assert.deepEqual(agents.get("dan")?.executed, []);
  });

  it("is found out by three health checks without an answer, said so to all, and spared new work until it answers", async () => {
    const { wsUrl, token } = table.address;
    const listener = await openWebSocketClient(wsUrl, token);
    await listener.call("envelope/subscribe", { topics: ["agent.*"] });
    const heard = once(listener.socket, "message");
    const ada = await seat("ada", "developer");
    const task = await send("role:developer", "linger");
    await happens("TaskStatusChanged", "ada");
    const bob = await seat("bob", "developer");
    bob.follow("echo by bob");
    ada.mute(true);
    await miss(ada);
    // An unanswered check is not asked again; it counts all the same.
    await clock.advance(15_000);
    assert.equal((await listed("ada"))?.unhealthy, undefined);
    const unwell = table.log.waitFor(
      "hub",
      "AgentUnhealthy",
      () => true,
      never,
    );
    await clock.advance(15_000);
    await unwell;
    assert.match((await listed("ada"))?.unhealthy ?? "", /3 health checks/);
    const [data] = (await heard) as [Buffer];
    assert.match(data.toString("utf8"), /agent\.unhealthy/);
    assert.equal(await over(task), "TASK_STATE_COMPLETED");
    assert.equal(agentOf(await get(task)), "bob");
    assert.deepEqual(ada.canceled, [task.id]);
    assert.equal(agentOf(await send("role:developer", "x")), "bob");
    // Late words of the first are dropped.
    ada.release();
    const recovered = table.log.waitFor(
      "hub",
      "AgentRecovered",
      () => true,
      never,
    );
    await ada.peer.request("agent/heartbeat", { load: 0.5 });
    await clock.advance(15_000);
    await recovered;
    assert.equal((await listed("ada"))?.unhealthy, undefined);
    assert.equal((await get(task)).metadata?.["agentId"], "bob");
    await listener.close();
  });

  it("is not heard on a task that another has, though it still talks", async () => {
    const ada = await seat("ada", "developer");
    const task = await send("role:developer", "hold the old one");
    await happens("TaskStatusChanged", "ada");
    const bob = await seat("bob", "developer");
    bob.follow("hold the new one");
    ada.mute(true);
    await miss(ada);
    await clock.advance(15_000);
    await clock.advance(15_000);
    await happens("TaskStatusChanged", "bob");
    ada.release();
    // What the hub hears next comes after what was said.
    await ada.peer.request("agents/list", {});
    assert.equal((await get(task)).status.state, "TASK_STATE_WORKING");
    bob.release();
    assert.equal(await over(task), "TASK_STATE_COMPLETED");
    assert.deepEqual(
      (await get(task)).artifacts?.map(({ parts }) => parts[0]?.text),
      ["held the new one"],
    );
  });

  it("that answers no such method is well", async () => {
    const ada = await seat("ada", "developer");
    for (let round = 0; round < 4; round += 1) {
      const asked = ada.asked();
      await clock.advance(10_000);
      await asked;
      // What the hub hears next comes after the answer.
      await ada.peer.request("agents/list", {});
      await clock.advance(5000);
    }
    assert.equal((await listed("ada"))?.unhealthy, undefined);
  });

  it("hands back its work when it deregisters, and keeps its connection", async () => {
    const ada = await seat("ada", "developer");
    const task = await send("role:developer", "linger");
    await happens("TaskStatusChanged", "ada");
    const bob = await seat("bob", "developer");
    bob.follow("echo by bob");
    await ada.peer.request("agent/deregister", {});
    assert.equal(await over(task), "TASK_STATE_COMPLETED");
    assert.equal(await listed("ada"), undefined);
    await ada.peer.request("agents/list", {});
    await assert.rejects(
      ada.peer.request("agent/deregister", { agentId: "bob" }),
    );
  });

  it("is stood in for after a restart, when it does not come back and others fit", async () => {
    await seat("ada", "developer");
    const task = await send("role:developer", "linger");
    await happens("TaskStatusChanged", "ada");
    await table.hub.dispose();
    const { log } = table;
    const kept = { ...log, dispose: () => Promise.resolve() };
    const second = await openTable(kept, { clock });
    const bob = await seatAgent(second.hub.connectInProcess(), "bob", {
      role: "developer",
    });
    bob.follow("echo after all");
    try {
      // Whoever asks again for its task sets it going again.
      const { id } = task;
      const subscribed = await fetch(`${second.address.url}/rpc`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "a2a-version": "1.0",
          authorization: `Bearer ${second.address.token}`,
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "SubscribeToTask",
          params: { id },
        }),
      });
      assert.match(await subscribed.text(), /after all/);
      const got = await callHub(second.address, "GetTask", { id });
      assert.equal(agentOf(got as Task), "bob");
    } finally {
      await second.close();
    }
  });
});

it("a message to a task on its way to another agent waits for that agent, and gives the task to no third", async (t) => {
  // On the disk, where what happens in one turn of the event loop is stored together.
  const log = await openLog({ file: logFile(t), clock: systemClock });
  const table = await openTable(log);
  t.after(() => table.close());
  const sit = (id: string): Promise<ScriptedAgent> =>
    seatAgent(table.hub.connectInProcess(), id, { role: "developer" });
  const ada = await sit("ada");
  const say = (text: string, taskId?: string): Promise<unknown> =>
    table.worker.peer.request("SendMessage", {
      ...(taskId === undefined && { tenant: "role:developer" }),
      configuration: { returnImmediately: true },
      message: {
        messageId: text,
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text }],
        ...(taskId !== undefined && { taskId }),
      },
    });
  const { task } = (await say("linger")) as { task: Task };
  const bob = await sit("bob");
  const said = say("echo twice", task.id);
  ada.leave();
  await said;
  const types = log.mission("ctx").map(({ type }) => type);
  assert.deepEqual(types.slice(-2), ["MessageSent", "TaskReassigned"]);
  // Had it been given away once more, that would be stored and done by now.
  await say("echo something else");
  await bob.peer.request("agent/heartbeat", {});
  assert.equal(bob.executed.filter((id) => id === task.id).length, 1);
  bob.release();
  await log.waitFor(
    "ctx",
    "TaskStatusChanged",
    ({ data }) =>
      data.taskId === task.id && data.status.state === "TASK_STATE_COMPLETED",
    never,
  );
  assert.equal(bob.executed.filter((id) => id === task.id).length, 2);
  assert.equal(bob.mostAtOnce(), 1);
});
