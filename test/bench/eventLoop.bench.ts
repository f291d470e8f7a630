/** How long the event loop stands still while 2,000 events of 1 KB a second are stored, each synced: `node test/bench/eventLoop.bench.ts [SECONDS]`. The bar: 20 ms at the 99th percentile. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { compare } from "./report.ts";

const PER_SECOND = 2000;
const TICK_MS = 5;
const RESOLUTION_MS = 1;
const BAR_MS = 20;
/** The first commits create the file and compile statements. */
const WARM_UP_MS = 1000;

const seconds = Number(process.argv[2] ?? 20);
const dir = mkdtempSync(join(tmpdir(), "roundtable-bench-"));
const log = await openLog({ file: join(dir, "log.db"), clock: systemClock });
const text = "x".repeat(1000);
const stored: Promise<unknown>[] = [];
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

const start = performance.now();
let told = 0;
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const elapsed = performance.now() - start;
    if (elapsed > WARM_UP_MS) delay.enable();
    for (; told < (elapsed / 1000) * PER_SECOND; told += 1)
      stored.push(
        log.append({
          missionId: `m${String(told % 100)}`,
          type: "AgentLeft",
          data: { agentId: "dev", why: text },
          by: "hub",
        }),
      );
    if (elapsed < WARM_UP_MS + seconds * 1000) return;
    clearInterval(timer);
    resolve();
  }, TICK_MS);
});
delay.disable();
await Promise.all(stored);
await log.dispose();
rmSync(dir, { recursive: true });

// The histogram counts the waiting that was asked for too.
const ms = (nanoseconds: number): number =>
  Math.max(0, Math.round(nanoseconds / 1e4) / 100 - RESOLUTION_MS);
console.error(
  `p50 ${String(ms(delay.percentile(50)))} ms, longest ${String(ms(delay.max))} ms`,
);
compare({
  bench: "event-loop-p99/20ms",
  ours: ms(delay.percentile(99)),
  theirs: BAR_MS,
  unit: "ms",
  atMost: 1,
});
