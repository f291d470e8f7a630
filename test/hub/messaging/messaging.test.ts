import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import type { Connection } from "../../../src/hub/connection.ts";
import type { Identity } from "../../../src/hub/outside/identity.ts";
import { OWNER } from "../../../src/hub/outside/identity.ts";
import type { Limits } from "../../../src/hub/messaging/allowance.ts";
import { createAllowance } from "../../../src/hub/messaging/allowance.ts";
import type { Messaging, Post } from "../../../src/hub/messaging/messaging.ts";
import { createMessaging } from "../../../src/hub/messaging/messaging.ts";
import type { Delivery, Parcel } from "../../../src/hub/messaging/parcel.ts";
import type { Registry } from "../../../src/hub/registry.ts";
import { createRegistry } from "../../../src/hub/registry.ts";
import { WireError } from "../../../src/hub/wireError.ts";
import type { Clock } from "../../../src/ports.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { cardOf } from "../scriptedAgent.ts";
import { SILENT } from "../table.ts";

/** A clock that stands still until it is moved. */
function handClock(): Clock & { move(ms: number): Promise<void> } {
  let now = 1_000_000;
  const timers = new Set<{ readonly at: number; ring(): void }>();
  return {
    now: () => now,
    after: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = { at: now + ms, ring: resolve };
        timers.add(timer);
        signal?.addEventListener("abort", () => {
          timers.delete(timer);
          reject(signal.reason as Error);
        });
      }),
    async move(ms) {
      now += ms;
      for (const timer of [...timers])
        if (timer.at <= now) {
          timers.delete(timer);
          timer.ring();
        }
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

interface End {
  readonly connection: Connection;
  readonly post: Post;
  readonly frames: { method: string; params: Record<string, unknown> }[];
}

describe("messages inside the hub", { timeout: 60_000 }, () => {
  let clock: ReturnType<typeof handClock>;
  let registry: Registry;
  let messaging: Messaging;
  let stored: { parcel: Parcel; mailboxes: readonly string[] }[];

  const make = (limits?: Limits, delivery?: Delivery): void => {
    messaging = createMessaging({
      clock,
      chance: systemChance(clock),
      textLog: SILENT,
      registry,
      findAgent: () => undefined,
      ...(limits && { limits }),
      ...(delivery && { delivery }),
    });
  };
  beforeEach(() => {
    clock = handClock();
    stored = [];
    registry = createRegistry(memoryLog(), clock, SILENT);
    make();
  });
  afterEach(() => {
    messaging.close();
  });

  const join = (identity: Identity = OWNER): End => {
    const connection: Connection = {
      request: () => Promise.resolve({}),
      notify: () => undefined,
      close: () => undefined,
    };
    const frames: End["frames"] = [];
    const send = (text: string): void => {
      frames.push(JSON.parse(text) as End["frames"][number]);
    };
    const post = messaging.join(
      connection,
      { send, close: () => undefined },
      identity,
    );
    return { connection, post, frames };
  };
  const seat = async (agentId: string): Promise<End> => {
    const end = join();
    await registry.seat({
      agentId,
      role: agentId,
      lineage: "x",
      card: cardOf(agentId),
      where: "inProcess",
      connection: end.connection,
    });
    return end;
  };
  const headerOf = ({ frames }: End): Record<string, unknown> =>
    frames.at(-1)?.params["header"] as Record<string, unknown>;
  const never = new AbortController().signal;

  it("let the hub ask an agent and hear every part of the answer", async () => {
    const b = await seat("b");
    const parts: string[] = [];
    const answer = messaging.request(
      { to: "agent:b" },
      { n: 1 },
      never,
      (part) => parts.push(part.payload.toString()),
    );
    const { correlationId } = headerOf(b);
    for (const [id, more] of [
      ["1", true],
      ["2", true],
      ["3", false],
    ] as const)
      await b.post.call("envelope/send", {
        header: { id, to: "agent:hub", type: "response", correlationId, more },
        payload: id,
      });
    assert.equal((await answer).payload.toString(), '"3"');
    assert.deepEqual(parts, ['"1"', '"2"']);
    assert.equal(messaging.waiting(), 0);
  });

  it("wait 30 s for an answer, and as long again for each further part", async () => {
    const b = await seat("b");
    const answer = messaging.request({ to: "agent:b" }, null, never);
    const { correlationId } = headerOf(b);
    await clock.move(29_000);
    await b.post.call("envelope/send", {
      header: {
        id: "1",
        to: "agent:hub",
        type: "response",
        correlationId,
        more: true,
      },
    });
    await clock.move(29_000);
    assert.equal(messaging.waiting(), 1);
    await clock.move(2000);
    const { header, payload } = await answer;
    assert.equal(header.type, "error");
    assert.match(payload.toString(), /DEADLINE_EXCEEDED/);
    assert.equal(messaging.counts.unanswered, 1);
  });

  it("do not keep a request whose asker gave up, or that led to nothing", async () => {
    await seat("b");
    const giveUp = new AbortController();
    const answer = messaging.request({ to: "agent:b" }, null, giveUp.signal);
    giveUp.abort(new Error("enough"));
    await assert.rejects(answer, /enough/);
    await assert.rejects(
      messaging.request({ to: "agent:nobody" }, null, never),
      WireError,
    );
    assert.equal(messaging.waiting(), 0);
  });

  it("hold at most 4,096 requests of one asker", async () => {
    await seat("b");
    const a = join();
    const ask = (id: string): Promise<unknown> =>
      a.post.call("envelope/send", {
        header: { id, to: "agent:b", type: "request" },
      });
    for (let n = 0; n < 4096; n += 1) await ask(String(n));
    await assert.rejects(ask("one more"), /at its limit/);
    a.post.leave();
    assert.equal(messaging.waiting(), 0);
  });

  it("let an agent with a token of its own say anything but a question, unless it may ask", async () => {
    const b = await seat("b");
    for (const mayAsk of [false, true]) {
      const a = join({ kind: "agent", agentId: "a", mayAsk });
      for (const type of ["event", "request"] as const)
        a.post.frame(
          Buffer.from(`!{"id":"${type}","to":"agent:b","type":"${type}"}\n1`),
        );
      assert.equal(a.frames.length, mayAsk ? 0 : 1);
    }
    const got = b.frames.map(
      ({ params }) => params["header"] as Record<string, unknown>,
    );
    assert.deepEqual(
      got.map(({ id, from }) => [id, from]),
      [
        ["event", "a"],
        ["event", "a"],
        ["request", "a"],
      ],
    );
  });

  it("are refused by name when a connection sends more than its share, until the next second", async () => {
    make({ framesPerSecond: 3, bytesPerSecond: 1000 });
    const a = join();
    const frame = (id: string): void => {
      a.post.frame(Buffer.from(`!{"id":"${id}","to":"topic:x"}\n1`));
    };
    for (const id of ["1", "2", "3", "4"]) frame(id);
    assert.equal(a.frames.length, 1);
    assert.match(JSON.stringify(a.frames), /"id":"4".*RESOURCE_EXHAUSTED/);
    await clock.move(1000);
    frame("5");
    assert.equal(a.frames.length, 1);
    const bytes = createAllowance(clock, {
      framesPerSecond: 9,
      bytesPerSecond: 10,
    });
    assert.deepEqual(
      [bytes.takes(8), bytes.takes(3), bytes.takes(2)],
      [true, false, true],
    );
  });

  describe("that are durable", () => {
    const kept: { name: string; topics: readonly string[] }[] = [];
    let attached: string[];
    let acknowledged: (readonly [string, readonly number[]])[];
    let hand: Parameters<Delivery["attach"]>[1] | undefined;
    beforeEach(() => {
      kept.length = 0;
      attached = [];
      acknowledged = [];
      kept.push({ name: "old", topics: ["a.#"] });
      const ids = new Set<string>();
      make(undefined, {
        ready: () => Promise.resolve(),
        accept(parcel, mailboxes) {
          const duplicate = ids.has(parcel.header.id);
          ids.add(parcel.header.id);
          if (!duplicate) stored.push({ parcel, mailboxes });
          return Promise.resolve({ seq: stored.length, duplicate });
        },
        attach(mailbox, outlet) {
          attached.push(mailbox);
          hand = outlet;
          return () => attached.splice(attached.indexOf(mailbox), 1);
        },
        acknowledge: (mailbox, seqs) => acknowledged.push([mailbox, seqs]),
        refuse: () => undefined,
        keep: (lasting) => {
          kept.push(lasting);
          return Promise.resolve();
        },
        forget: () => Promise.resolve(),
        lasting: () => kept.slice(0, 1),
      });
    });
    const turn = (): Promise<void> => clock.move(0);

    it("are stored with their sender for the mailboxes that are meant, then acknowledged together", async () => {
      const a = await seat("a");
      await seat("b");
      for (const [id, to] of [
        ["1", "agent:b"],
        ["2", "topic:a.x"],
        ["3", "everyone"],
        ["4", "agent:away"],
      ] as const)
        a.post.frame(
          Buffer.from(`!{"id":"${id}","to":"${to}","durable":true}\n{}`),
        );
      await turn();
      assert.deepEqual(
        stored.map(({ parcel, mailboxes }) => [
          parcel.header.id,
          parcel.header.from,
          mailboxes,
        ]),
        [
          ["1", "a", ["b"]],
          ["3", "a", ["b"]],
          ["4", "a", ["away"]],
          ["2", "a", ["@old"]],
        ],
      );
      await turn();
      const told = a.frames.flatMap(({ method, params }) =>
        method === "envelope/accepted" ? (params["ids"] as string[]) : [],
      );
      assert.deepEqual(told.sort(), ["1", "2", "3", "4"]);
      assert.ok(a.frames.length < 4);
    });

    it("are handed to who empties the mailbox, with place and try, and acknowledged by it alone", async () => {
      const b = await seat("b");
      assert.deepEqual(attached, ["b"]);
      await b.post.call("envelope/subscribe", {
        topics: ["x.*"],
        name: "mine",
      });
      assert.deepEqual(kept.at(-1), { name: "mine", topics: ["x.*"] });
      assert.deepEqual(attached, ["b", "@mine"]);
      const parcel: Parcel = {
        header: {
          id: "1",
          to: "topic:x.y",
          type: "event",
          durable: true,
          priority: 5,
          from: "a",
        },
        payload: Buffer.from("7"),
      };
      assert.equal(hand?.offer(parcel, { seq: 4, attempt: 2 }), true);
      const { seq, attempt, subscription } = headerOf(b);
      assert.deepEqual([seq, attempt, subscription], [4, 2, "mine"]);
      await b.post.call("envelope/ack", { seqs: [4], name: "mine" });
      b.post.hear("envelope/ack", { seqs: [5] });
      await turn();
      assert.deepEqual(acknowledged, [
        ["@mine", [4]],
        ["b", [5]],
      ]);
      // Whoever asks for it next gets it, and nobody has two.
      const c = join();
      await c.post.call("envelope/subscribe", {
        topics: ["x.z"],
        name: "mine",
      });
      assert.deepEqual(kept.at(-1)?.topics, ["x.*", "x.z"]);
      assert.deepEqual(attached, ["b", "@mine"]);
      b.post.leave();
      assert.deepEqual(attached, ["@mine"]);
    });

    it("reach live subscribers of their topic too, once they are on disk and once only", async () => {
      const [a, b] = [await seat("a"), join()];
      await b.post.call("envelope/subscribe", { topics: ["news"] });
      const frame = Buffer.from(
        '!{"id":"1","to":"topic:news","durable":true}\n1',
      );
      a.post.frame(frame);
      a.post.frame(frame);
      await turn();
      assert.equal(b.frames.length, 1);
      assert.equal(headerOf(b)["from"], "a");
    });

    it("ask and answer across mailboxes, and a client without one hears its answer live", async () => {
      const [client, b] = [join(), await seat("b")];
      await client.post.call("envelope/send", {
        header: { id: "q", to: "agent:b", type: "request", durable: true },
      });
      await b.post.call("envelope/send", {
        header: {
          id: "r",
          to: "agent:client",
          type: "response",
          correlationId: "q",
          durable: true,
        },
        payload: "yes",
      });
      assert.deepEqual(
        stored.map(({ mailboxes }) => mailboxes),
        [["b"], []],
      );
      assert.equal(headerOf(client)["causationId"], "q");
    });
  });
});
