/** Blocking SendMessage, stored and synced before it is answered, beside the SDK's own server, which stores nothing: `node test/bench/a2a.bench.ts [RUNS] [CALLS]`. */
import { compete, contestant } from "./peers/contest.ts";
import { startChild } from "./peers/servers.ts";
import { compare } from "./report.ts";

const runs = Number(process.argv[2] ?? 5);
const calls = Number(process.argv[3] ?? 1500);

for (const lanes of [1, 16]) {
  const hub = await startChild("hubChild.ts");
  const sdk = await startChild("a2aSdkChild.ts");
  const figures = await compete(
    [
      contestant("ours-a2a-ws", hub),
      contestant("ours-a2a-http", hub),
      contestant("a2a-sdk", sdk),
    ],
    { total: () => calls, lanes, runs },
  );
  await hub.stop();
  await sdk.stop();
  const of = (name: string, what: string): number =>
    figures.get(name)?.[what] ?? NaN;
  for (const [binding, atLeast] of [
    ["ws", 3],
    ["http", 1.3],
  ] as const) {
    const ours = `ours-a2a-${binding}`;
    const name = `a2a-${binding}-c${String(lanes)}`;
    compare({
      bench: `${name}/a2a-sdk`,
      ours: of(ours, "perSecond"),
      theirs: of("a2a-sdk", "perSecond"),
      unit: "calls/s",
      atLeast,
    });
    compare({
      bench: `${name}-p99/a2a-sdk`,
      ours: of(ours, "p99"),
      theirs: of("a2a-sdk", "p99"),
      unit: "µs",
      atMost: 0.5,
    });
  }
}
