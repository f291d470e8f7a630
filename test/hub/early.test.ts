import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import type { EventLog } from "../../src/ports.ts";
import { logFile } from "../adapters/log/fixture.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import { openWebSocketClient } from "./webSocketClient.ts";

async function tableOn(t: TestContext, maxPages?: number): Promise<Table> {
  const log = await openLog({
    file: logFile(t),
    clock: systemClock,
    ...(maxPages === undefined ? {} : { maxPages }),
  });
  const table = await openTable(log);
  t.after(() => table.close());
  return table;
}

function say(text: string, messageId = text.slice(0, 40)): object {
  return {
    message: {
      messageId,
      contextId: "ctx",
      role: "ROLE_USER",
      parts: [{ text }],
    },
  };
}

function typesIn(log: EventLog): readonly string[] {
  return log.mission("ctx").map(({ type }) => type);
}

describe("a client that waits for the end of its task", () => {
  it("gets it after one commit when the agent is quick, and everything is in the log in order", async (t) => {
    const table = await tableOn(t);
    const { wsUrl, token } = table.address;
    const client = await openWebSocketClient(wsUrl, token);
    const commits: number[] = [];
    table.log.subscribe((events) => commits.push(events.length));
    const { task } = (await client.call("SendMessage", say("echo hi"))) as {
      task: Task;
    };
    assert.equal(task.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(task.artifacts?.[0]?.parts, [{ text: "hi" }]);
    assert.deepEqual(typesIn(table.log), [
      "TaskSubmitted",
      "TaskStatusChanged",
      "TaskArtifactAdded",
      "TaskStatusChanged",
    ]);
    assert.deepEqual(commits, [4]);
    assert.deepEqual(table.log.task(task.id)?.state, task.status.state);
    await client.close();
  });

  it("who repeats the message while the first is on its way gets the same task, done once", async (t) => {
    const table = await tableOn(t);
    const { wsUrl, token } = table.address;
    const client = await openWebSocketClient(wsUrl, token);
    const replies = (await Promise.all(
      Array.from({ length: 5 }, () =>
        client.call("SendMessage", say("echo once")),
      ),
    )) as { task: Task }[];
    assert.equal(new Set(replies.map(({ task }) => task.id)).size, 1);
    assert.equal(table.worker.executed.length, 1);
    await client.close();
  });

  it("is told when its task could not be stored; its agent is told to stop, and nothing of it is kept", async (t) => {
    const table = await tableOn(t, 32);
    const { wsUrl, token } = table.address;
    const client = await openWebSocketClient(wsUrl, token);
    const before = table.log.head();
    await assert.rejects(
      client.call("SendMessage", say(`hold ${"x".repeat(200_000)}`, "big")),
    );
    const [taskId = ""] = table.worker.executed;
    assert.deepEqual(new Set(table.worker.canceled), new Set([taskId]));
    table.worker.release();
    assert.equal(table.log.task(taskId), undefined);
    await assert.rejects(client.call("GetTask", { id: taskId }));
    // What the agent says of it afterwards is nobody's business.
    const { task } = (await client.call(
      "SendMessage",
      say("echo there is room"),
    )) as { task: Task };
    assert.equal(task.status.state, "TASK_STATE_COMPLETED");
    assert.deepEqual(table.log.read({ taskId }), []);
    assert.equal(table.log.head(), before + 4);
    await client.close();
  });
});

describe("a task that ended long ago", () => {
  it("is answered from the log after many others, and listed in pages", async (t) => {
    const log = await openLog({ file: logFile(t), clock: systemClock });
    const table = await openTable(log);
    t.after(() => table.close());
    const { wsUrl, token } = table.address;
    const client = await openWebSocketClient(wsUrl, token);
    const ids: string[] = [];
    for (let i = 0; i < 200; i += 1) {
      const text = `echo ${String(i)}`;
      const { task } = (await client.call("SendMessage", say(text))) as {
        task: Task;
      };
      ids.push(task.id);
    }
    const first = (await client.call("GetTask", { id: ids[0] })) as Task;
    assert.deepEqual(first.artifacts?.[0]?.parts, [{ text: "0" }]);
    assert.equal(first.history?.length, 1);
    const seen: string[] = [];
    for (let pageToken = ""; ;) {
      const page = (await client.call("ListTasks", {
        pageSize: 70,
        pageToken,
      })) as { tasks: Task[]; nextPageToken: string; totalSize: number };
      assert.equal(page.totalSize, 200);
      seen.push(...page.tasks.map(({ id }) => id));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    assert.deepEqual(seen, ids.toReversed());
    await client.close();
  });
});
