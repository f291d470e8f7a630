/**
 * What a link between two hubs carries: real hubs with their logs, identities and sockets on loopback, both in this process. Every envelope is
 * signed, on the disk of who says it before it is sent, and checked and on the disk of who hears it before it counts.
 * `node test/bench/peerLink.bench.ts [ENVELOPES]`.
 */
import { pair, Tables } from "../peering/tables.ts";
import type { Room } from "../../src/peering/rooms.ts";
import { quantile } from "./peers/pump.ts";

const ROOM = "job-bench";
const ENVELOPES = Number(process.argv[2] ?? 3000);
/** There and back, one at a time. */
const ROUNDS = 300;
/** What a hub has to say at once. */
const AT_ONCE = 64;
const TEXT = "x".repeat(512);

await using tables = new Tables();
const ada = await tables.open("ada");
const ben = await tables.open("ben");
await pair(ada, ben);

const joined = new Promise<Room>((resolve) => {
  ben.peering.onRoom((room) => {
    if (room.id === ROOM) resolve(room);
  });
});
const there = await ada.peering.open({
  id: ROOM,
  kind: "job",
  opening: {
    kind: "roomOpened",
    room: "job",
    title: "A bench",
    members: [
      { hubId: ada.self, name: "ada" },
      { hubId: ben.self, name: "ben" },
    ],
    electorate: [],
  },
});
const back = await joined;

/** Resolves once the room has so many envelopes of `origin`. */
function has(room: Room, origin: string, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    const stop = room.onSaid(({ envelope }) => {
      if (envelope.origin !== origin) return;
      left -= 1;
      if (left > 0) return;
      stop();
      resolve();
    });
  });
}

async function say(room: Room, text: string): Promise<void> {
  const agentId = "worker";
  await room.say({ kind: "partDone", partId: "p1", ok: true, agentId, text });
}

function print(figures: Readonly<Record<string, number | string>>): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

const arrived = has(back, ada.self, ENVELOPES);
const began = performance.now();
const lane = async (): Promise<void> => {
  for (let n = 0; n < ENVELOPES / AT_ONCE; n += 1) await say(there, TEXT);
};
await Promise.all(Array.from({ length: AT_ONCE }, lane));
await arrived;
const seconds = (performance.now() - began) / 1000;
print({
  bench: "peer-link/throughput",
  envelopes: ENVELOPES,
  bytesOfText: TEXT.length,
  perSecond: Math.round(ENVELOPES / seconds),
});

const rounds: number[] = [];
for (let n = 0; n < ROUNDS; n += 1) {
  const answered = has(there, ben.self, 1);
  const heard = has(back, ada.self, 1);
  const start = performance.now();
  await say(there, TEXT);
  await heard;
  await say(back, TEXT);
  await answered;
  rounds.push(performance.now() - start);
}
rounds.sort((a, b) => a - b);
print({
  bench: "peer-link/there-and-back",
  rounds: ROUNDS,
  p50Ms: Number(quantile(rounds, 0.5).toFixed(2)),
  p99Ms: Number(quantile(rounds, 0.99).toFixed(2)),
});
