/** One publisher and 100 subscribers, and what a thousand idle clients cost: `node test/bench/fanOut.bench.ts [RUNS]`. */
import { WebSocket } from "ws";
import { once } from "node:events";
import { ENVELOPE_SUBPROTOCOL } from "../../src/protocol/envelope.ts";
import { compete, contestant } from "./peers/contest.ts";
import { startChild, startNats } from "./peers/servers.ts";
import type { Server } from "./peers/servers.ts";
import { compare } from "./report.ts";

const runs = Number(process.argv[2] ?? 5);
const SUBSCRIBERS = 100;
const IDLE = 1000;

const hub = await startChild("hubChild.ts", ["--expose-gc"]);
const relay = await startChild("fanOutRelayChild.ts");
const nats = await startNats();

const figures = await compete(
  [
    contestant("ours-fanout", hub),
    contestant("ws-fanout", relay),
    contestant("nats-fanout", nats),
  ],
  { total: () => 5000, lanes: SUBSCRIBERS, runs },
);
const perSecond = (kind: string): number | undefined =>
  figures.get(kind)?.["perSecond"];
for (const [peer, atLeast] of [
  ["ws", 0.5],
  ["nats", 1],
] as const) {
  const theirs = perSecond(`${peer}-fanout`);
  if (theirs === undefined) continue;
  compare({
    bench: `fanout-${String(SUBSCRIBERS)}/${peer}`,
    ours: perSecond("ours-fanout") ?? NaN,
    theirs,
    unit: "deliveries/s",
    atLeast,
  });
}
for (const server of [hub, relay, nats]) await server?.stop();

/** Resident bytes of a hub with nobody connected, then with idle clients. */
async function idleBytes(quiet: Server): Promise<number> {
  const rss = async (): Promise<number> =>
    ((await quiet.ask("rss")) as { readonly rss: number }).rss;
  const open = async (): Promise<WebSocket> => {
    const { port, token } = quiet.target;
    const socket = new WebSocket(
      `ws://127.0.0.1:${String(port)}/ws`,
      ENVELOPE_SUBPROTOCOL,
      { headers: { authorization: `Bearer ${token}` } },
    );
    await once(socket, "open");
    return socket;
  };
  // What the first clients make the process load and grow is not theirs.
  for (const socket of await Promise.all(Array.from({ length: 50 }, open)))
    socket.close();
  const before = await rss();
  const sockets: WebSocket[] = [];
  while (sockets.length < IDLE)
    sockets.push(...(await Promise.all(Array.from({ length: 25 }, open))));
  const after = await rss();
  for (const socket of sockets) socket.terminate();
  return (after - before) / IDLE;
}

const quiet = await startChild("hubChild.ts", ["--expose-gc"]);
compare({
  bench: "idle-client/40KB",
  ours: (await idleBytes(quiet)) / 1000,
  theirs: 40,
  unit: "KB",
  atMost: 1,
});
await quiet.stop();
