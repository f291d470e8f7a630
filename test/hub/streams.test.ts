import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createUpdates } from "../../src/hub/stream.ts";
import type { Reading } from "../../src/hub/stream.ts";
import { foldTasks, isTerminal } from "../../src/hub/tasks.ts";
import type { TaskRecord, Tasks } from "../../src/hub/tasks.ts";
import { jsonOf } from "../../src/hub/update.ts";
import type { EventLog } from "../../src/ports.ts";
import type { StreamResponse } from "../../src/protocol/a2a.ts";
import type { Draft } from "../../src/protocol/event.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import { generationOf, range, readEvents, readFrames } from "./streamReader.ts";
import { openTable } from "./table.ts";
import { openSocket } from "./webSocketClient.ts";

const CHUNKS = 4000;
/** Task, working, chunks, completed. */
const LAST = CHUNKS + 3;

const by = { missionId: "c", by: "worker" } as const;

function opening(taskId: string): Draft {
  return {
    ...by,
    type: "TaskSubmitted",
    data: {
      taskId,
      contextId: "c",
      agentId: "worker",
      from: "client",
      message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "x" }] },
    },
  };
}

function chunk(taskId: string, text: string): Draft {
  return {
    ...by,
    type: "TaskArtifactAdded",
    data: {
      taskId,
      artifact: { artifactId: "a", parts: [{ text }] },
      append: true,
    },
  };
}

function end(taskId: string): Draft {
  return {
    ...by,
    type: "TaskStatusChanged",
    data: { taskId, status: { state: "TASK_STATE_COMPLETED" } },
  };
}

describe("updates of a task", { timeout: 60_000 }, () => {
  let log: EventLog;
  let tasks: Tasks;
  beforeEach(async () => {
    log = memoryLog();
    await log.appendAll([opening("t"), opening("other")]);
    tasks = foldTasks(log);
  });
  afterEach(async () => {
    tasks.stop();
    await log.dispose();
  });

  function record(): TaskRecord {
    const found = tasks.get("t");
    assert.ok(found);
    return found;
  }

  function first(): StreamResponse {
    const task = tasks.task("t");
    assert.ok(task);
    return { task };
  }

  function reading(signal = new AbortController().signal): Reading {
    return { enough: isTerminal, signal, show: (update) => update };
  }

  /** Chunks to the task and to its neighbour, then the end. */
  async function happen(chunks: number): Promise<void> {
    for (let count = 0; count < chunks; count += 1)
      void log.appendAll([chunk("other", "y"), chunk("t", String(count))]);
    await log.appendAll([end("t")]);
  }

  it("are the same objects for all who read along, so that their JSON is made once", async () => {
    const updates = createUpdates(log, tasks);
    const streams = [1, 2, 3].map(() =>
      updates.fromNow(record(), first(), reading()),
    );
    await happen(50);
    const [one = [], ...others] = await Promise.all(
      streams.map((stream) => Array.fromAsync(stream)),
    );
    assert.deepEqual(one.map(generationOf), range(1, 52));
    for (const other of others)
      for (const [nth, item] of other.entries())
        if (nth > 0) assert.equal(item, one[nth]);
    const [, item] = one;
    assert.ok(item);
    assert.equal(jsonOf(item), JSON.stringify(item));
  });

  it("reach a reader that came to read long after they happened, each once and in order", async () => {
    const updates = createUpdates(log, tasks);
    const late = updates.fromNow(record(), first(), reading());
    await happen(5000);
    const seen = await Array.fromAsync(late);
    assert.deepEqual(seen.map(generationOf), range(1, 5002));
  });

  it("reach a reader that reads one by one while they happen", async () => {
    const updates = createUpdates(log, tasks);
    const seen: number[] = [];
    const read = (async () => {
      for await (const item of updates.after(record(), 0, reading())) {
        seen.push(generationOf(item));
        // Slower than what happens, so that it falls behind and catches up.
        if (seen.length % 100 === 0)
          await new Promise((resolve) => {
            setImmediate(resolve);
          });
      }
    })();
    for (let round = 0; round < 30; round += 1)
      await log.appendAll(
        range(1, 100).map((count) => chunk("t", String(count))),
      );
    await log.appendAll([end("t")]);
    await read;
    assert.deepEqual(seen, range(1, 3002));
  });

  it("end quietly for who leaves, and with the reason for who can hear no more", async () => {
    const updates = createUpdates(log, tasks);
    const leaving = new AbortController();
    const left = updates.fromNow(record(), first(), reading(leaving.signal));
    const lost = updates.fromNow(record(), first(), reading());
    leaving.abort();
    assert.deepEqual(await Array.fromAsync(left), []);
    await log.appendAll([chunk("t", "1")]);
    tasks.lose(new Error("no more"));
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const item of lost) seen.push(generationOf(item));
    }, /no more/);
    assert.deepEqual(seen, [1, 2]);
  });
});

describe("four thousand chunks to one artifact", { timeout: 60_000 }, () => {
  it("reach every reader over WebSocket and SSE whole and in order", async () => {
    const table = await openTable();
    const { url, wsUrl, token } = table.address;
    const message = {
      messageId: "m",
      role: "ROLE_USER",
      parts: [{ text: `stream ${CHUNKS}` }],
    };
    const method = "SendStreamingMessage";
    const params = { tenant: "worker", message };
    const sockets = await Promise.all(
      [1, 2].map(() => openSocket(wsUrl, token)),
    );
    // The same message is the same task: three readers of one.
    const overSockets = sockets.map(async (socket) => {
      const reader = readFrames(socket);
      reader.send({ id: 1, method, params });
      const frames = await reader.until(({ streamEnd }) => streamEnd === true);
      return frames.slice(0, -1).map(({ result }) => result);
    });
    const overHttp = fetch(`${url}/rpc`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "a2a-version": "1.0",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    }).then(async (response) =>
      (await Array.fromAsync(readEvents(response))).map(
        ({ data }) => data.result,
      ),
    );
    const all = await Promise.all([...overSockets, overHttp]);
    const longest = all.toSorted((a, b) => b.length - a.length)[0] ?? [];
    assert.deepEqual(longest.map(generationOf), range(1, LAST));
    for (const items of all) {
      const [task, ...rest] = items;
      assert.deepEqual(rest, longest.slice(LAST - rest.length));
      assert.equal(generationOf(task), LAST - rest.length);
    }
    for (const socket of sockets) socket.terminate();
    await table.close();
  });
});

describe("a reader of events that stops reading", { timeout: 60_000 }, () => {
  it("misses nothing when it goes on, however much came meanwhile", async () => {
    const table = await openTable();
    const { url, token } = table.address;
    const response = await fetch(`${url}/message:stream`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/a2a+json",
      },
      body: JSON.stringify({
        tenant: "worker",
        message: {
          messageId: "m",
          contextId: "slow",
          role: "ROLE_USER",
          parts: [{ text: "hold" }],
        },
      }),
    });
    const { log, worker } = table;
    const soon = AbortSignal.timeout(30_000);
    await log.waitFor("slow", "TaskStatusChanged", () => true, soon);
    const [taskId] = worker.executed;
    const parts = [{ text: "x".repeat(20_000) }];
    for (let count = 0; count < 2000; count += 1)
      worker.peer.notify("task/artifact", {
        taskId,
        artifact: { artifactId: "long", parts },
        append: true,
      });
    worker.release();
    await log.waitFor(
      "slow",
      "TaskStatusChanged",
      ({ data }) => isTerminal(data.status.state),
      soon,
    );
    const ids = await Array.fromAsync(readEvents(response), ({ id }) =>
      Number(id),
    );
    // Task, working, the pieces, what was held, the end.
    assert.deepEqual(ids, range(1, 2004));
    await table.close();
  });
});
