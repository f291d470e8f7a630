/** Chunks streamed to one artifact, over the WebSocket binding: time must grow as the chunks do. `node test/bench/stream.bench.ts [RUNS]`. */
import { randomUUID } from "node:crypto";
import { openCorked } from "./peers/corked.ts";
import { median } from "./peers/contest.ts";
import { sendParams } from "./peers/roundtable.ts";
import { startChild } from "./peers/servers.ts";
import { compare } from "./report.ts";

const runs = Number(process.argv[2] ?? 5);
const hub = await startChild("hubChild.ts");
const { port, token } = hub.target;
const socket = await openCorked(
  `ws://127.0.0.1:${String(port)}/ws`,
  "a2a.v1",
  token,
);
const { message } = sendParams();
let lastId = 0;
let heard: (frame: Buffer) => void = () => undefined;
socket.onFrame((frame) => {
  heard(frame);
});

/** Time until the last of the chunks and the end of the stream have come, ms. */
async function stream(chunks: number): Promise<number> {
  lastId += 1;
  const start = performance.now();
  let updates = 0;
  await new Promise<void>((resolve) => {
    heard = (frame) => {
      if (frame.includes('"artifactUpdate"')) updates += 1;
      if (frame.includes('"streamEnd"')) resolve();
    };
    socket.send([
      JSON.stringify({
        jsonrpc: "2.0",
        id: lastId,
        method: "SendStreamingMessage",
        params: {
          tenant: "worker",
          message: {
            ...message,
            messageId: randomUUID(),
            metadata: { chunks },
          },
        },
      }),
    ]);
  });
  if (updates !== chunks)
    throw new Error(`${String(updates)} of ${String(chunks)} chunks came`);
  return performance.now() - start;
}

const short: number[] = [];
const long: number[] = [];
for (let run = 0; run <= runs; run += 1) {
  const times = [await stream(1000), await stream(4000)] as const;
  console.error(run === 0 ? "warm-up" : "run", ...times);
  if (run === 0) continue;
  short.push(times[0]);
  long.push(times[1]);
}
await socket.close();
await hub.stop();
compare({
  bench: "stream-4000/stream-1000",
  ours: median(long),
  theirs: median(short),
  unit: "ms",
  atMost: 5,
});
compare({
  bench: "stream-4000/1s",
  ours: median(long),
  theirs: 1000,
  unit: "ms",
  atMost: 1,
});
