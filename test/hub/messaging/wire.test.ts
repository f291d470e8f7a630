import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, it } from "node:test";
import WebSocket, { WebSocketServer } from "ws";
import { Wire } from "../../../src/hub/messaging/wire.ts";
import { Wires } from "../../../src/hub/messaging/wires.ts";
import type { Clock } from "../../../src/ports.ts";

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe("the wire of a socket", { timeout: 60_000 }, () => {
  let now = 0;
  let expired = 0;
  let cut = 0;
  let wires: Wires;
  let wire: Wire;
  let ours: WebSocket;
  let theirs: WebSocket;
  let close: () => Promise<void>;
  let heard: string[] = [];

  beforeEach(async () => {
    now = 1_000_000;
    expired = 0;
    cut = 0;
    const own: string[] = [];
    heard = own;
    const clock: Clock = {
      now: () => now,
      after: () => new Promise(() => undefined),
    };
    const http = createServer();
    const server = new WebSocketServer({ noServer: true });
    const opened = Promise.withResolvers<[WebSocket, Duplex]>();
    http.on("upgrade", (request, duplex, head) => {
      server.handleUpgrade(request, duplex, head, (socket) => {
        opened.resolve([socket, duplex]);
      });
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    theirs = new WebSocket(`ws://127.0.0.1:${String(port)}`);
    theirs.on("message", (data: Buffer) => own.push(data.toString("utf8")));
    const [[socket, duplex]] = await Promise.all([
      opened.promise,
      once(theirs, "open"),
    ]);
    ours = socket;
    wires = new Wires(clock, (count) => (expired += count));
    wire = new Wire(wires, socket, duplex, () => (cut += 1));
    close = async () => {
      theirs.terminate();
      ours.terminate();
      http.close();
      await once(http, "close");
    };
  });
  afterEach(() => close());

  const say = (text: string, priority = 5, expiresAt = 0): boolean =>
    wire.message(wires.arena.text(text), priority, expiresAt);
  const hears = async (count: number): Promise<void> => {
    while (heard.length < count) await once(theirs, "message");
  };
  /** Until the system takes no more and so many bytes wait here. */
  const fill = async (bytes: number, priority: number): Promise<number> => {
    theirs.pause();
    let sent = 0;
    while (wire.waiting < bytes) {
      for (let n = 0; n < 16; n += 1)
        if (say(`${String(sent)} ${"x".repeat(4096)}`, priority)) sent += 1;
      await turn();
    }
    return sent;
  };

  it("carries frames of every length whole", async () => {
    const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 1_048_576];
    for (const length of lengths) say("ü".repeat(length / 2));
    await hears(lengths.length);
    assert.deepEqual(
      heard.map((text) => text.length),
      lengths.map((length) => Math.floor(length / 2)),
    );
    assert.ok(heard.every((text) => /^ü*$/.test(text)));
  });

  it("sends what came in one turn by priority, and within one in order", async () => {
    for (const [text, priority] of [
      ["low", 0],
      ["a", 5],
      ["b", 5],
      ["top", 10],
    ] as const)
      say(text, priority);
    wire.text("rpc");
    await hears(5);
    assert.deepEqual(heard, ["rpc", "top", "a", "b", "low"]);
  });

  it("lets a late message of high priority pass those that wait for a slow reader", async () => {
    const sent = await fill(500_000, 1);
    assert.ok(say("urgent", 9));
    await turn();
    theirs.resume();
    await hears(sent + 1);
    const place = heard.indexOf("urgent");
    assert.ok(
      place > 0 && place < sent - 80,
      `${String(place)} of ${String(sent)}`,
    );
    const rest = heard.filter((text) => text !== "urgent");
    assert.deepEqual(
      rest.map((text) => Number(text.split(" ")[0])),
      Array.from({ length: sent }, (_, n) => n),
    );
  });

  it("takes no more than a mebibyte for a reader that does not read, and goes on when it does", async () => {
    await fill(900_000, 5);
    while (say("x".repeat(10_000))) await turn();
    assert.ok(wire.waiting <= 1024 * 1024 + 64 * 1024);
    assert.equal(wire.crowded, true);
    const free = new Promise<void>((resolve) => {
      wire.onceFree(resolve);
    });
    theirs.resume();
    await free;
    assert.equal(wire.crowded, false);
    assert.ok(say("again"));
    await turn();
    while (heard.at(-1) !== "again") await once(theirs, "message");
  });

  it("drops what expires while it waits, and counts it", async () => {
    const sent = await fill(300_000, 5);
    assert.ok(say("too late", 10, now + 10));
    assert.ok(say("in time", 10, now + 10_000));
    await turn();
    now += 1000;
    theirs.resume();
    await hears(sent + 1);
    assert.ok(heard.includes("in time"));
    assert.equal(heard.includes("too late"), false);
    assert.equal(expired, 1);
  });

  it("cuts off who takes nothing for half a minute while messages are dropped", async () => {
    await fill(900_000, 5);
    while (say("x".repeat(10_000))) await turn();
    assert.equal(cut, 0);
    now += 31_000;
    assert.equal(say("x".repeat(10_000)), false);
    assert.equal(cut, 1);
  });

  it("writes everything that is due before the close frame, and nothing after it", async () => {
    const sent = await fill(300_000, 5);
    say("last");
    wire.finish();
    ours.close(1001, "done");
    assert.equal(say("too late"), false);
    wire.text("too late");
    const closed = once(theirs, "close");
    theirs.resume();
    const [code] = (await closed) as [number];
    assert.equal(code, 1001);
    assert.equal(heard.length, sent + 1);
    assert.equal(heard.at(-1), "last");
  });
});
