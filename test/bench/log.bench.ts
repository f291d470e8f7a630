/** Appends per second with 1, 16 and 256 in flight, 1 KB each, and what reading them back takes, on standard error: there is nobody to compare with. `node test/bench/log.bench.ts [SECONDS]`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";

const seconds = Number(process.argv[2] ?? 2);
const dir = mkdtempSync(join(tmpdir(), "roundtable-bench-"));
const text = "x".repeat(1000);

for (const inFlight of [1, 16, 256]) {
  const log = await openLog({
    file: join(dir, `${String(inFlight)}.db`),
    clock: systemClock,
  });
  const micros: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const before = performance.now();
      await log.append({
        missionId: "m1",
        type: "AgentLeft",
        data: { agentId: "dev", why: text },
        by: "hub",
      });
      micros.push((performance.now() - before) * 1000);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const elapsed = (performance.now() - start) / 1000;
  micros.sort((a, b) => a - b);
  const reading = performance.now();
  const read = log.mission("m1").length;
  report({
    bench: "log.append",
    inFlight,
    perSecond: Math.round(micros.length / elapsed),
    p50Us: Math.round(micros[Math.floor(micros.length * 0.5)] ?? 0),
    p99Us: Math.round(micros[Math.floor(micros.length * 0.99)] ?? 0),
    replayPerSecond: Math.round((read / (performance.now() - reading)) * 1000),
  });
  await log.dispose();
}
rmSync(dir, { recursive: true });

function report(figures: Readonly<Record<string, string | number>>): void {
  console.error(JSON.stringify(figures));
}
