import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { callHub } from "../../src/hub/callHub.ts";
import { matches } from "../../src/hub/pattern.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import type { Register, SeatedAgent } from "../../src/protocol/hub.ts";
import { AgentsList } from "../../src/protocol/hub.ts";
import type { ManualClock } from "./manualClock.ts";
import { manualClock } from "./manualClock.ts";
import type { ScriptedAgent } from "./scriptedAgent.ts";
import { cardOf, seatAgent } from "./scriptedAgent.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import { memoryLog } from "../fakes/memoryLog.ts";

const never = new AbortController().signal;
const ROUTES = [
  { match: "skill:nlp_*", to: "role:linguist", fallback: "worker" },
];

describe("routing", { timeout: 60_000 }, () => {
  let table: Table;
  let clock: ManualClock;
  let sent = 0;
  beforeEach(async () => {
    clock = manualClock();
    table = await openTable(memoryLog(clock), { clock, routes: ROUTES });
  });
  afterEach(() => table.close());

  function seat(
    agentId: string,
    role: string,
    { skills = [], ...more }: Partial<Register> & { skills?: string[] } = {},
  ): Promise<ScriptedAgent> {
    const card = {
      ...cardOf(agentId),
      skills: skills.map((id) => ({ id, name: id, description: "", tags: [] })),
    };
    return seatAgent(table.hub.connectInProcess(), agentId, {
      role,
      card,
      ...more,
    });
  }

  async function send(
    tenant: string,
    text: string,
    messageId = `m${String((sent += 1))}`,
  ): Promise<Task> {
    const { task } = (await callHub(table.address, "SendMessage", {
      tenant,
      configuration: { returnImmediately: true },
      message: {
        messageId,
        contextId: "ctx",
        role: "ROLE_USER",
        parts: [{ text }],
      },
    })) as { task: Task };
    return task;
  }

  const agentOf = ({ metadata }: Task): unknown => metadata?.["agentId"];

  async function ended(task: Task): Promise<Task> {
    const { status } = await table.log
      .waitFor(
        "ctx",
        "TaskStatusChanged",
        ({ data }) =>
          data.taskId === task.id &&
          /COMPLETED|FAILED|CANCELED/.test(data.status.state),
        never,
      )
      .then(({ data }) => data);
    return { ...task, status };
  }

  async function listed(id: string): Promise<SeatedAgent | undefined> {
    const answer = await callHub(table.address, "agents/list", { id });
    return AgentsList.parse(answer).agents[0];
  }

  it("goes to the least loaded of those whose role or skill fits", async () => {
    const ada = await seat("ada", "developer", { skills: ["code_ts"] });
    await clock.advance(1000);
    await seat("bob", "developer", { skills: ["code_go"] });
    // Ada has been idle for longer.
    assert.equal(agentOf(await send("role:developer", "hold it")), "ada");
    assert.equal(agentOf(await send("role:dev*", "hold it")), "bob");
    assert.equal(agentOf(await send("skill:code_*", "hold it")), "ada");
    assert.equal(agentOf(await send("skill:code_go", "hold it")), "bob");
    assert.equal(agentOf(await send("any", "echo hi")), "worker");
    assert.equal((await listed("ada"))?.running, 2);
    await assert.rejects(send("role:tester", "x"), /no such agent sits here/);
    await assert.rejects(send("skill:", "x"), /no such agent sits here/);
    ada.leave();
  });

  it("counts what agents say of themselves: load, busy, draining", async () => {
    const ada = await seat("ada", "developer");
    await clock.advance(1000);
    const bob = await seat("bob", "developer");
    await ada.peer.request("agent/heartbeat", { load: 0.9 });
    assert.equal(agentOf(await send("role:developer", "echo 1")), "bob");
    await bob.peer.request("agent/heartbeat", { status: "busy" });
    assert.equal(agentOf(await send("role:developer", "echo 2")), "ada");
    await ada.peer.request("agent/heartbeat", { status: "draining" });
    assert.equal(agentOf(await send("role:developer", "echo 3")), "bob");
    await bob.peer.request("agent/heartbeat", { status: "draining" });
    await assert.rejects(send("role:developer", "echo 4"), /can take work now/);
    assert.equal((await listed("ada"))?.load, 0.9);
    await assert.rejects(ada.peer.request("agent/heartbeat", { load: 2 }));
  });

  it("follows the first rule that matches, and its fallback where nobody there can take it", async () => {
    assert.equal(agentOf(await send("skill:nlp_parse", "echo 1")), "worker");
    await seat("lin", "linguist");
    assert.equal(agentOf(await send("skill:nlp_parse", "echo 2")), "lin");
    await assert.rejects(send("skill:vision", "echo 3"), /no such agent/);
  });

  it("is settled once for a message: said again it is the same task, though others are idle now", async () => {
    await seat("ada", "developer");
    const first = await send("role:developer", "hold it", "same");
    await clock.advance(1000);
    await seat("bob", "developer");
    const again = await send("role:developer", "hold it", "same");
    assert.deepEqual([again.id, agentOf(again)], [first.id, "ada"]);
    for (const tenant of ["role:developer", "ada", ""])
      assert.equal(
        (
          (await callHub(table.address, "GetTask", {
            tenant,
            id: first.id,
          })) as Task
        ).id,
        first.id,
      );
    await assert.rejects(
      callHub(table.address, "GetTask", { tenant: "bob", id: first.id }),
      /no task/,
    );
  });

  it("lets an agent work on as much as it said, lets so much wait, and refuses the rest", async () => {
    const ada = await seat("ada", "developer", { concurrency: 1 });
    const tasks = [];
    for (let count = 0; count < 5; count += 1)
      tasks.push(await send("ada", "hold it"));
    assert.equal(ada.executed.length, 1);
    const { running, waiting } = (await listed("ada")) ?? {};
    assert.deepEqual([running, waiting], [1, 4]);
    await assert.rejects(send("ada", "hold it"), /at its limit/);
    await assert.rejects(send("role:developer", "x"), /can take work now/);
    // One that waits is canceled without its agent.
    const last = tasks.pop();
    assert.ok(last);
    await callHub(table.address, "CancelTask", { id: last.id });
    assert.deepEqual(ada.canceled, []);
    ada.release();
    for (const task of tasks)
      assert.equal((await ended(task)).status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(
      ada.executed,
      tasks.map(({ id }) => id),
    );
  });

  async function breakCircuit(agentId: string): Promise<void> {
    for (let count = 0; count < 5; count += 1)
      await ended(await send(agentId, "nothing"));
  }

  it("keeps work from an agent that failed five times in a row, and tries it again after a while", async () => {
    const ada = await seat("ada", "developer");
    await breakCircuit("ada");
    assert.equal((await listed("ada"))?.circuit, "open");
    await assert.rejects(send("ada", "echo 1"), /can take work now/);
    const tried = ada.executed.length;
    await clock.advance(10_000);
    await ended(await send("ada", "nothing"));
    assert.equal(ada.executed.length, tried + 1);
    // The failed try doubled the wait.
    await clock.advance(10_000);
    await assert.rejects(send("ada", "echo 2"), /can take work now/);
    await clock.advance(10_000);
    const task = await ended(await send("ada", "echo 3"));
    assert.equal(task.status.state, "TASK_STATE_COMPLETED");
    assert.equal((await listed("ada"))?.circuit, "closed");
  });

  it("does not hold against an agent what has another cause", async () => {
    await seat("ada", "developer");
    for (const text of [
      "say no",
      "fail x",
      "reject",
      "ask",
      "say no",
      "fail x",
    ])
      await send("ada", text).then((task) =>
        text === "ask" || text === "reject" ? task : ended(task),
      );
    assert.equal((await listed("ada"))?.circuit, "closed");
  });

  it("sends the work of an agent with an open circuit to its fallback, else to another of its role", async () => {
    await seat("ada", "developer", { fallback: "eve" });
    await breakCircuit("ada");
    await seat("bob", "developer");
    assert.equal(agentOf(await send("ada", "echo 1", "first")), "bob");
    // The longest idle of the role is passed over as well.
    assert.equal(agentOf(await send("role:developer", "echo 0")), "bob");
    await seat("eve", "helper");
    const task = await send("ada", "echo 2", "second");
    assert.equal(agentOf(task), "eve");
    // Whoever asks for it under the name it was sent to finds it.
    const { id } = task;
    const got = await callHub(table.address, "GetTask", { tenant: "ada", id });
    assert.equal((got as Task).id, id);
    assert.equal((await send("ada", "echo 1", "first")).id !== id, true);
  });

  it("patterns fit the whole name, with * for anything, and take no time to speak of", () => {
    for (const [pattern, text, fits] of [
      ["nlp_*", "nlp_parse", true],
      ["nlp_*", "nlp_", true],
      ["nlp_*", "xnlp_a", false],
      ["*", "", true],
      ["", "", true],
      ["", "a", false],
      ["a*b*c", "a-b-b-c", true],
      ["a*b*c", "a-c-b", false],
      ["a.c", "abc", false],
      ["*a", "aaa", true],
      ["**a**", "a", true],
    ] as const)
      assert.equal(matches(pattern, text), fits, `${pattern} ${text}`);
    assert.equal(matches("*a".repeat(60) + "b", "a".repeat(5000)), false);
  });
});
