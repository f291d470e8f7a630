import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import type { StreamResponse, Task } from "../../src/protocol/a2a.ts";
import {
  cut,
  generationOf,
  range,
  readEvents,
  readFrames,
} from "./streamReader.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import { openSocket, openWebSocketClient, Refused } from "./webSocketClient.ts";

const CHUNKS = 1000;
/** Task, working, chunks, completed. */
const LAST = CHUNKS + 3;

function say(text: string): object {
  return {
    tenant: "worker",
    message: {
      messageId: text,
      role: "ROLE_USER",
      parts: [{ text }],
    },
  };
}

function refusedWith(code: number): (error: unknown) => boolean {
  return (error) => error instanceof Refused && error.error.code === code;
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  return Array.fromAsync(stream);
}

/** Has the agent that works on the task say so many pieces; resolves once they are stored. */
async function tell(
  { log, worker }: Table,
  { id, contextId }: Task,
  pieces: number,
): Promise<void> {
  const start = log.head();
  await log.waitFor(
    contextId,
    "TaskStatusChanged",
    ({ epoch }) => epoch === log.epoch,
    AbortSignal.timeout(30_000),
  );
  for (let count = 0; count < pieces; count += 1)
    worker.peer.notify("task/artifact", {
      taskId: id,
      artifact: { artifactId: "long", parts: [{ text: String(count) }] },
      append: true,
    });
  let stored = 0;
  await log.waitFor(
    contextId,
    "TaskArtifactAdded",
    ({ seq }) => seq > start && (stored += 1) === pieces,
    AbortSignal.timeout(30_000),
  );
}

describe("a stream that was cut off", { timeout: 60_000 }, () => {
  let table: Table;
  beforeEach(async () => {
    table = await openTable();
  });
  afterEach(() => table.close());

  const connect = (
    to: Table = table,
  ): ReturnType<typeof openWebSocketClient> => {
    const { wsUrl, token } = to.address;
    return openWebSocketClient(wsUrl, token);
  };

  /** Starts a stream and cuts its socket after `items` items; gives them. */
  async function cutAfter(items: number, text: string): Promise<unknown[]> {
    const { wsUrl, token } = table.address;
    const socket = await openSocket(wsUrl, token);
    const reader = readFrames(socket);
    reader.send({ id: 1, method: "SendStreamingMessage", params: say(text) });
    await reader.count(items);
    await cut(socket);
    return reader.frames.slice(0, items).map(({ result }) => result);
  }

  it("goes on after the last generation the client has: nothing twice, nothing missing", async () => {
    const before = await cutAfter(400, `stream ${CHUNKS}`);
    const id = (before[0] as StreamResponse).task?.id ?? "";
    const client = await connect();
    const after = await collect(
      client.stream("SubscribeToTask", { id, afterGeneration: 400 }),
    );
    assert.deepEqual([...before, ...after].map(generationOf), range(1, LAST));
    const chunks = [...before, ...after].flatMap(
      (item) => (item as StreamResponse).artifactUpdate?.artifact.parts ?? [],
    );
    assert.deepEqual(
      chunks.map(({ text }) => Number(text)),
      range(0, CHUNKS - 1),
    );
    await client.close();
  });

  it("goes on while the task goes on: first what was missed, then what happens", async () => {
    const { wsUrl, token } = table.address;
    const socket = await openSocket(wsUrl, token);
    const reader = readFrames(socket);
    reader.send({ id: 1, method: "SendStreamingMessage", params: say("hold") });
    await reader.count(2);
    await cut(socket);
    const id = (reader.frames[0]?.result as StreamResponse).task?.id ?? "";
    const client = await connect();
    const stream = client.stream("SubscribeToTask", { id, afterGeneration: 1 });
    assert.equal(generationOf((await stream.next()).value), 2);
    table.worker.release();
    assert.deepEqual((await collect(stream)).map(generationOf), [3, 4]);
    await client.close();
  });

  it("can be read again from the start after the task has ended", async () => {
    const client = await connect();
    const live = await collect(
      client.stream("SendStreamingMessage", say("stream 5")),
    );
    const id = (live[0] as StreamResponse).task?.id ?? "";
    const again = await collect(
      client.stream("SubscribeToTask", { id, afterGeneration: 0 }),
    );
    assert.deepEqual(again, live);
    const nothing = await collect(
      client.stream("SubscribeToTask", { id, afterGeneration: 8 }),
    );
    assert.deepEqual(nothing, []);
    await assert.rejects(
      collect(client.stream("SubscribeToTask", { id })),
      refusedWith(-32004),
    );
    await client.close();
  });

  it("is refused a generation that never was, and what is no generation", async () => {
    const client = await connect();
    const { task } = (await client.call("SendMessage", say("echo x"))) as {
      task: Task;
    };
    for (const afterGeneration of [99, -1, 1.5, "4"])
      await assert.rejects(
        collect(
          client.stream("SubscribeToTask", { id: task.id, afterGeneration }),
        ),
        refusedWith(-32602),
      );
    await client.close();
  });

  it("shows no agent's own failure text in what is read again either", async () => {
    const client = await connect();
    const text = "say at /home/me/key";
    const live = await collect(
      client.stream("SendStreamingMessage", say(text)),
    );
    const id = (live[0] as StreamResponse).task?.id ?? "";
    const again = await collect(
      client.stream("SubscribeToTask", { id, afterGeneration: 1 }),
    );
    assert.deepEqual(again, live.slice(1));
    assert.doesNotMatch(JSON.stringify(again), /home/);
    await client.close();
  });

  it("goes on across a restart of the hub in the middle of a thousand pieces", async () => {
    const dir = await mkdtemp(join(tmpdir(), "roundtable-resume-"));
    try {
      const open = (): ReturnType<typeof openLog> =>
        openLog({ file: join(dir, "log.db"), clock: systemClock });
      const first = await openTable(await open());
      const client = await connect(first);
      const stream = client.stream("SendStreamingMessage", say("hold on"));
      const task = ((await stream.next()).value as StreamResponse).task;
      assert.ok(task);
      const half = CHUNKS / 2;
      await tell(first, task, half);
      const had = [1];
      while (had.length < 300)
        had.push(generationOf((await stream.next()).value));
      await cut(client.socket);
      await first.close();

      const second = await openTable(await open());
      const other = await connect(second);
      const { id } = task;
      const rest = other.stream("SubscribeToTask", {
        id,
        afterGeneration: 300,
      });
      had.push(generationOf((await rest.next()).value));
      // The agent is given the task again, and goes on.
      await tell(second, task, half);
      second.worker.release();
      for await (const item of rest) had.push(generationOf(item));
      // Task, working twice, the pieces, what was held, the end.
      assert.deepEqual(had, range(1, CHUNKS + 5));
      await other.close();
      await second.close();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it("is the same over HTTP: every event has an id, and Last-Event-ID goes on after it", async () => {
    const { url, token } = table.address;
    const post = (
      method: string,
      params: unknown,
      headers: Record<string, string> = {},
      signal?: AbortSignal,
    ): Promise<Response> =>
      fetch(`${url}/rpc`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "a2a-version": "1.0",
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }),
        ...(signal === undefined ? {} : { signal }),
      });
    const leave = new AbortController();
    const response = await post(
      "SendStreamingMessage",
      say(`stream ${CHUNKS}`),
      {},
      leave.signal,
    );
    const seen: number[] = [];
    let taskId = "";
    for await (const { id, data } of readEvents(response)) {
      taskId ||= data.result?.task?.id ?? "";
      seen.push(generationOf(data.result));
      assert.equal(id, String(seen.at(-1)));
      if (seen.length === 300) break;
    }
    leave.abort();
    const resumed = await post(
      "SubscribeToTask",
      { id: taskId },
      { "last-event-id": "300" },
    );
    for await (const { data } of readEvents(resumed))
      seen.push(generationOf(data.result));
    assert.deepEqual(seen, range(1, LAST));
    const overRest = await fetch(`${url}/tasks/${taskId}:subscribe`, {
      headers: { authorization: `Bearer ${token}`, "last-event-id": "1000" },
    });
    const ids = await Array.fromAsync(readEvents(overRest), (event) =>
      Number(event.id),
    );
    assert.deepEqual(ids, range(1001, LAST));
    const wrong = await post(
      "SubscribeToTask",
      { id: taskId },
      { "last-event-id": "x" },
    );
    const { error } = (await wrong.json()) as { error: { code: number } };
    assert.equal(error.code, -32602);
  });
});
