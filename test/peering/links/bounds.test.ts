import assert from "node:assert/strict";
import { createServer, connect, type Socket } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import fc from "fast-check";
import { pauseAfter } from "../../../src/peering/links/callers.ts";
import { createFlow } from "../../../src/peering/links/flow.ts";
import { createStrangers } from "../../../src/peering/links/strangers.ts";
import { manualClock } from "../../hub/manualClock.ts";

const SEED_MAX = 2 ** 31 - 1;

describe("what a peer may send", () => {
  it("is 1,000 frames at once and 200 a second after that, whatever it sends and when", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 200 }),
        (gaps) => {
          let now = 0;
          const flow = createFlow(() => now);
          let taken = 0;
          for (const gap of gaps)
            for (let n = 0; n < 50; n += 1) {
              now += gap / 50;
              const wait = flow.take(10);
              taken += 1;
              assert.notEqual(wait, "flooded");
              // Who waits as long as it is told stays within the rate.
              if (typeof wait === "number") now += wait;
              assert.ok(taken <= 1001 + (now / 1000) * 200);
            }
        },
      ),
      { seed: 3, numRuns: 50 },
    );
  });

  it("is 4 MiB a second too, and who goes on in spite of it is cut", () => {
    let now = 0;
    const flow = createFlow(() => now);
    assert.equal(flow.take(4 * 1024 * 1024), 0);
    assert.equal(flow.take(1024 * 1024), 250);
    now += 250;
    assert.equal(flow.take(0), 0);
    for (let n = 0; n < 32; n += 1) flow.take(256 * 1024);
    assert.equal(flow.take(1), "flooded");
    const small = createFlow(() => now);
    for (let n = 0; n < 2000; n += 1) assert.notEqual(small.take(1), "flooded");
    assert.equal(small.take(1), "flooded");
  });
});

describe("the pause between calls", () => {
  it("doubles from 0.1 s to 2 s while the other was there lately, to 30 s otherwise and after it said no again and again", () => {
    const pauses = (refused: boolean, recent: boolean): number[] =>
      [0, 1, 2, 3, 4, 6, 60].map((failures) =>
        pauseAfter(failures, SEED_MAX, { refused, recent }),
      );
    assert.deepEqual(
      pauses(false, true),
      [100, 200, 400, 800, 1600, 2000, 2000],
    );
    assert.deepEqual(
      pauses(false, false),
      [100, 200, 400, 800, 1600, 6400, 30_000],
    );
    assert.deepEqual(
      pauses(true, true),
      [100, 200, 400, 800, 30_000, 30_000, 30_000],
    );
    const last = { refused: false, recent: true };
    assert.equal(pauseAfter(3, 0, last), 400);
  });
});

describe("strangers at the listener", () => {
  it("are few at a time and not for long, and an address that failed ten times in a minute is not listened to", async () => {
    const clock = manualClock();
    const strangers = createStrangers(clock, () => clock.now());
    const came: Socket[] = [];
    const server = createServer((socket) => came.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const callers: Socket[] = [];
    for (let n = 0; n < 18; n += 1) {
      const caller = connect(port, "127.0.0.1");
      caller.on("error", () => undefined);
      callers.push(caller);
      await once(server, "connection");
    }
    const stay = came.map((socket) => strangers.came(socket));
    assert.deepEqual(
      stay,
      came.map((_, n) => n < 16),
    );
    const [known, ...others] = came;
    assert.ok(known);
    strangers.met(known);
    await clock.advance(5000);
    assert.ok(!known.destroyed);
    assert.ok(others.every(({ destroyed }) => destroyed));

    for (let n = 0; n < 10; n += 1) strangers.failed(known);
    assert.ok(!strangers.came(known));
    assert.ok(known.destroyed);
    await clock.advance(60_000);
    const late = connect(port, "127.0.0.1");
    await once(server, "connection");
    const [last] = came.slice(-1);
    assert.ok(last && strangers.came(last));
    for (const socket of [...callers, late, ...came]) socket.destroy();
    server.close();
    await once(server, "close");
  });
});
