/** Many clients that lose their sockets and come back, all at once. */
import assert from "node:assert/strict";
import { once } from "node:events";
import WebSocket from "ws";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { connectHub } from "../../src/hub/connectHub.ts";
import type { Discovered } from "../../src/hub/discovery.ts";
import { generationOf } from "../hub/streamReader.ts";
import { openWebSocketClient } from "../hub/webSocketClient.ts";
import { gone } from "./gone.ts";
import type { HubProcess } from "./hubProcess.ts";

/** A client that comes and goes, and remembers what it has. */
interface Comer {
  /** Resolves once it is connected and has subscribed. */
  come(): Promise<void>;
  /** Resolves once it has everything up to there. */
  has(last: number): Promise<void>;
  /** Resolves once its socket is gone. */
  go(): Promise<void>;
  /** How many things came a second time. */
  again(): number;
}

/** Waits for a number that grows. */
function createMark(): {
  reach(now: number): void;
  until(last: number): Promise<void>;
} {
  let at = 0;
  let look: () => void = () => undefined;
  return {
    reach(now) {
      at = now;
      look();
    },
    until: (last) =>
      new Promise((resolve) => {
        look = () => {
          if (at >= last) resolve();
        };
        look();
      }),
  };
}

/** Holds a lasting subscription; what was acknowledged and comes all the same is an error. */
function subscriber(address: Discovered, name: string): Comer {
  const around = { clock: systemClock, chance: systemChance(systemClock) };
  const got = new Set<number>();
  const settled = new Set<number>();
  const mark = createMark();
  let again = 0;
  let go: () => Promise<void> = () => Promise.resolve();
  return {
    async come() {
      const socket = await connectHub(
        address,
        ({ header: { seq = 0 }, payload }) => {
          assert.ok(!settled.has(seq), "it was acknowledged before");
          if (got.has(payload as number)) again += 1;
          got.add(payload as number);
          mark.reach(got.size);
          // It may go while this is under way: then it comes again.
          socket.call("envelope/ack", { seqs: [seq], name }).then(
            () => settled.add(seq),
            () => undefined,
          );
        },
        around,
      );
      go = () => socket.dispose();
      await socket.call("envelope/subscribe", { topics: ["room"], name });
    },
    has: (last) => mark.until(last),
    go: () => go(),
    again: () => again,
  };
}

/** Reads a task's stream and goes on after what it has; a generation that is missing or comes twice is an error. */
function reader({ wsUrl, token }: Discovered, taskId: string): Comer {
  const mark = createMark();
  let last = 0;
  let socket: WebSocket;
  return {
    async come() {
      socket = new WebSocket(wsUrl, ["a2a.v1"], {
        headers: { authorization: `Bearer ${token}`, "a2a-version": "1.0" },
      });
      await once(socket, "open");
      socket.on("error", () => undefined);
      socket.on("message", (data: Buffer) => {
        const { result } = JSON.parse(data.toString("utf8")) as {
          readonly result: unknown;
        };
        assert.equal(generationOf(result), last + 1);
        last += 1;
        mark.reach(last);
      });
      socket.send(
        JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "SubscribeToTask",
          params: { id: taskId, afterGeneration: last },
        }),
      );
    },
    has: (wanted) => mark.until(wanted),
    async go() {
      socket.removeAllListeners("message");
      const closed = gone(socket);
      // As a cut cable would.
      socket.terminate();
      await closed;
    },
    again: () => 0,
  };
}

/** What came of it. */
export interface Comeback {
  /** How long all took to be there again with all they had missed, ms, for each time. */
  readonly times: readonly number[];
  /** Durable messages that came again because they had not been acknowledged when the socket went. */
  readonly again: number;
}

/** Has half of the clients hold lasting subscriptions and the others read a stream; cuts all off and lets all come back at once, so many times. Throws when anything is lost or doubled. */
export async function comeBack(
  hub: HubProcess,
  { clients, times }: { readonly clients: number; readonly times: number },
): Promise<Comeback> {
  const PIECES = 10;
  const { wsUrl, token } = hub.address;
  const sender = await openWebSocketClient(wsUrl, token);
  const stream = sender.stream("SendStreamingMessage", {
    tenant: "worker",
    message: {
      messageId: "long",
      role: "ROLE_USER",
      parts: [{ text: "hold" }],
    },
  });
  const first = (await stream.next()).value as {
    readonly task: { readonly id: string };
  };
  const taskId = first.task.id;
  // Submitted, then working.
  await stream.next();
  let generation = 2;
  let sent = 0;
  /** Something for everybody, on disk. */
  const happen = async (): Promise<void> => {
    generation += PIECES;
    await hub.tell({ taskId, pieces: PIECES });
    for (let count = 0; count < PIECES; count += 1, sent += 1)
      await sender.call("envelope/send", {
        header: { id: `room-${sent}`, to: "topic:room", durable: true },
        payload: sent,
      });
  };
  const subscribers = Array.from({ length: clients / 2 }, (_, n) =>
    subscriber(hub.address, `s${n}`),
  );
  const readers = Array.from({ length: clients / 2 }, () =>
    reader(hub.address, taskId),
  );
  const all = [...subscribers, ...readers];
  const comeAll = async (): Promise<void> => {
    await Promise.all([
      ...all.map((one) => one.come()),
      ...subscribers.map((one) => one.has(sent)),
      ...readers.map((one) => one.has(generation)),
    ]);
  };
  await comeAll();
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    // They go in the middle of it.
    const happening = happen();
    await Promise.all(all.map((one) => one.go()));
    await happening;
    await happen();
    const from = performance.now();
    await comeAll();
    took.push(performance.now() - from);
  }
  await Promise.all(all.map((one) => one.go()));
  await sender.close();
  return {
    times: took.sort((a, b) => a - b),
    again: all.reduce((sum, one) => sum + one.again(), 0),
  };
}
