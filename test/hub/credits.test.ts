import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import type WebSocket from "ws";
import type { StreamResponse } from "../../src/protocol/a2a.ts";
import type { FrameReader } from "./streamReader.ts";
import { generationOf, range, readFrames, settled } from "./streamReader.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import { openSocket, openWebSocketClient } from "./webSocketClient.ts";

function say(text: string): object {
  return {
    tenant: "worker",
    message: { messageId: text, role: "ROLE_USER", parts: [{ text }] },
  };
}

function generations(reader: FrameReader): number[] {
  return reader.frames.flatMap(({ id, result }) =>
    id === 1 && result !== undefined ? [generationOf(result)] : [],
  );
}

describe("credit for a stream", { timeout: 60_000 }, () => {
  let table: Table;
  let socket: WebSocket;
  let reader: FrameReader;
  beforeEach(async () => {
    table = await openTable();
    socket = await openSocket(table.address.wsUrl, table.address.token);
    reader = readFrames(socket);
  });
  afterEach(async () => {
    socket.terminate();
    await table.close();
  });

  const open = (text: string, credit: string): void => {
    reader.send({
      id: 1,
      method: "SendStreamingMessage",
      params: say(text),
      serviceParams: { "Stream-Credit": credit },
    });
  };

  it("is never exceeded, though the task has long ended; each grant brings that many more", async () => {
    open("stream 5000", "3");
    const [first] = await reader.count(3);
    const contextId = (first?.result as StreamResponse).task?.contextId ?? "";
    await table.log.waitFor(
      contextId,
      "TaskStatusChanged",
      ({ data }) => data.status.state === "TASK_STATE_COMPLETED",
      AbortSignal.timeout(30_000),
    );
    await settled(reader, "a");
    assert.deepEqual(generations(reader), range(1, 3));
    reader.send({ id: 1, credit: 2 });
    await reader.count(6);
    await settled(reader, "b");
    assert.deepEqual(generations(reader), range(1, 5));
    reader.send({ id: 1, credit: 100_000 });
    await reader.until(({ streamEnd }) => streamEnd === true);
    assert.deepEqual(generations(reader), range(1, 5003));
  });

  it("may start with none, and does not count the end", async () => {
    open("echo x", "0");
    await settled(reader, "a");
    assert.deepEqual(generations(reader), []);
    reader.send({ id: 1, credit: 4 });
    await reader.until(({ streamEnd }) => streamEnd === true);
    assert.deepEqual(generations(reader), range(1, 4));
  });

  it("that is used up does not keep a stream from being left", async () => {
    open("hold", "1");
    await reader.count(1);
    reader.send({ id: 1, cancelStream: true });
    await reader.until(({ streamEnd }) => streamEnd === true);
    table.worker.release();
  });

  it("of a stream that has ended, or was never opened, is nobody's mistake; a credit that is no number is", async () => {
    reader.send({ id: 9, credit: 5 });
    await settled(reader, "a");
    for (const credit of [0, -1, 1.5, "3", null]) {
      const before = reader.frames.length;
      reader.send({ id: 1, credit });
      const answer = (await reader.count(before + 1)).at(-1);
      assert.equal(answer?.error?.code, -32600);
    }
    for (const credit of ["x", "-1", "1.5", "10000000", ""]) {
      const before = reader.frames.length;
      open("echo x", credit);
      const answer = (await reader.count(before + 1)).at(-1);
      assert.equal(answer?.error?.code, -32602);
      assert.match(JSON.stringify(answer.error), /Stream-Credit/);
    }
  });
});

/** More of them than the hub and the system hold for one reader. */
const PIECES = 40;

describe("a reader that stops reading", { timeout: 60_000 }, () => {
  it("is cut off without harm to others, and goes on where it was without loss", async () => {
    const table = await openTable();
    const { wsUrl, token } = table.address;
    const slow = await openSocket(wsUrl, token);
    const reader = readFrames(slow);
    reader.send({ id: 1, method: "SendStreamingMessage", params: say("hold") });
    const [first] = await reader.count(2);
    const { id, contextId } = (first?.result as StreamResponse).task ?? {};
    slow.pause();
    const closed = once(slow, "close");

    const parts = [{ text: "x".repeat(900_000) }];
    for (let count = 0; count < PIECES; count += 1)
      table.worker.peer.notify("task/artifact", {
        taskId: id,
        artifact: { artifactId: "long", parts },
      });
    let stored = 0;
    await table.log.waitFor(
      contextId ?? "",
      "TaskArtifactAdded",
      () => (stored += 1) === PIECES,
      AbortSignal.timeout(30_000),
    );
    // The hub says goodbye behind what was sent; who reads on hears it.
    slow.resume();
    const [code] = (await closed) as [number];
    assert.equal(code, 4008);
    const had = generations(reader);
    assert.deepEqual(had, range(1, had.length));

    table.worker.release();
    const other = await openWebSocketClient(wsUrl, token);
    const rest: number[] = [];
    for await (const item of other.stream("SubscribeToTask", {
      id,
      afterGeneration: had.length,
    }))
      rest.push(generationOf(item));
    // Task, working, the pieces, what was held, the end.
    assert.deepEqual([...had, ...rest], range(1, PIECES + 4));
    await other.close();
    await table.close();
  });
});
