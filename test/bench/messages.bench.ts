/**
 * Messages of 1 KB from A through a server to B, and back: live, durable, and one at a time, beside the brokers that are installed.
 * `node test/bench/messages.bench.ts [RUNS]`.
 */
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compete, contestant } from "./peers/contest.ts";
import type { Figures } from "./peers/contest.ts";
import { quantile } from "./peers/pump.ts";
import type { Server } from "./peers/servers.ts";
import {
  startChild,
  startMosquitto,
  startNats,
  startRedis,
} from "./peers/servers.ts";
import { compare } from "./report.ts";

const runs = Number(process.argv[2] ?? 5);

const hub = await startChild("hubChild.ts");
const relay = await startChild("wsRelayChild.ts");
const socketIo = await startChild("socketIoChild.ts");
const nats = await startNats();
const redis = await startRedis();
const mosquitto = await startMosquitto();

/** About a second of work each, by what they were seen to reach. */
const MESSAGES: Readonly<Record<string, number>> = {
  ws: 200_000,
  "ours-live": 150_000,
  nats: 120_000,
  redis: 80_000,
  "mosquitto-qos0": 50_000,
  "socket.io": 30_000,
  "ours-durable": 60_000,
  "redis-streams-always": 25_000,
  "mosquitto-qos1": 20_000,
  jetstream: 12_000,
};

async function race(
  kinds: readonly (readonly [kind: string, server: Server | undefined])[],
  total: (kind: string) => number,
): Promise<ReadonlyMap<string, Figures>> {
  return await compete(
    kinds.map(([kind, server]) => contestant(kind, server)),
    { total, lanes: 1, runs },
  );
}

function versus(
  figures: ReadonlyMap<string, Figures>,
  ours: string,
  what: "perSecond" | "p50" | "p99",
  peers: Readonly<
    Record<string, { readonly atLeast?: number; readonly atMost?: number }>
  >,
  bench: string,
): void {
  for (const [peer, bar] of Object.entries(peers)) {
    const theirs = figures.get(peer)?.[what];
    if (theirs === undefined) continue;
    compare({
      bench: `${bench}/${peer.replace(/-rr$/, "")}`,
      ours: figures.get(ours)?.[what] ?? NaN,
      theirs,
      unit: what === "perSecond" ? "messages/s" : "µs",
      ...bar,
    });
  }
}

const live = await race(
  [
    ["ours-live", hub],
    ["ws", relay],
    ["nats", nats],
    ["mosquitto-qos0", mosquitto],
    ["redis", redis],
    ["socket.io", socketIo],
  ],
  (kind) => MESSAGES[kind] ?? 0,
);
versus(
  live,
  "ours-live",
  "perSecond",
  {
    ws: { atLeast: 0.5 },
    nats: { atLeast: 1 },
    "mosquitto-qos0": { atLeast: 2 },
    redis: {},
    "socket.io": {},
  },
  "live",
);

const durable = await race(
  [
    ["ours-durable", hub],
    ["redis-streams-always", redis],
    ["jetstream", nats],
    ["mosquitto-qos1", mosquitto],
  ],
  (kind) => MESSAGES[kind] ?? 0,
);
versus(
  durable,
  "ours-durable",
  "perSecond",
  {
    "redis-streams-always": { atLeast: 2 },
    jetstream: { atLeast: 4 },
    "mosquitto-qos1": { atLeast: 2 },
  },
  "durable",
);

const oneByOne = await race(
  [
    ["ours-rr-live", hub],
    ["ws-rr", relay],
    ["nats-rr", nats],
    ["mosquitto-rr", mosquitto],
    ["socket.io-rr", socketIo],
    ["ours-rr-durable", hub],
  ],
  () => 3000,
);
versus(
  oneByOne,
  "ours-rr-live",
  "p50",
  { "ws-rr": { atMost: 1.3 }, "nats-rr": {}, "socket.io-rr": {} },
  "rr-live-p50",
);
versus(
  oneByOne,
  "ours-rr-live",
  "p99",
  { "ws-rr": {}, "nats-rr": { atMost: 1 }, "mosquitto-rr": {} },
  "rr-live-p99",
);

/** The middle of a thousand syncs of 4 KB to the disk that holds the log, µs. */
function syncMicros(): number {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-bench-"));
  const file = openSync(join(dir, "file"), "w");
  const block = Buffer.alloc(4096, 1);
  const micros: number[] = [];
  for (let n = 0; n < 1000; n += 1) {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    micros.push((performance.now() - start) * 1000);
  }
  closeSync(file);
  rmSync(dir, { recursive: true });
  return quantile(
    micros.sort((a, b) => a - b),
    0.5,
  );
}

compare({
  bench: "rr-durable-p50/fdatasync+ws",
  ours: oneByOne.get("ours-rr-durable")?.["p50"] ?? NaN,
  theirs: syncMicros() + (oneByOne.get("ws-rr")?.["p50"] ?? NaN),
  unit: "µs",
  atMost: 3,
});

for (const server of [hub, relay, socketIo, nats, redis, mosquitto])
  await server?.stop();
