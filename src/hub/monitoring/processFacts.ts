import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metrics } from "../../ports/monitoring.ts";

/** Milliseconds between looks at the event loop. */
const LOOK_MS = 20;

/** A watch on the event loop of this process. */
export interface ProcessWatch {
  /** 99th percentile of the loop's delay since the watch began, ms. */
  loopDelayP99Ms(): number;
  stop(): void;
}

/** Begins to watch, and tells `metrics` how to read it. */
export function watchProcess(metrics: Metrics): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  /** The monitor counts its own interval in: what is beyond it is delay. */
  const lateMs = (percentile: number): number =>
    Math.max(0, delay.percentile(percentile) / 1e6 - LOOK_MS);

  metrics.gauge("roundtable_event_loop_delay_seconds", () =>
    [50, 99, 100].map((percentile) => ({
      labels: { quantile: String(percentile / 100) },
      value: lateMs(percentile) / 1000,
    })),
  );
  metrics.gauge("roundtable_process_cpu_seconds_total", () => {
    const { user, system } = process.cpuUsage();
    return [{ value: (user + system) / 1e6 }];
  });
  metrics.gauge("roundtable_process_resident_memory_bytes", () => [
    { value: process.memoryUsage.rss() },
  ]);
  metrics.gauge("roundtable_process_heap_bytes", () => [
    { value: process.memoryUsage().heapUsed },
  ]);
  metrics.gauge("roundtable_process_open_handles", () => [
    { value: process.getActiveResourcesInfo().length },
  ]);
  metrics.gauge("roundtable_process_start_time_seconds", () => [
    { value: Math.round(Date.now() / 1000 - process.uptime()) },
  ]);

  return {
    loopDelayP99Ms: () => Math.round(lateMs(99) * 100) / 100,
    stop: () => {
      delay.disable();
    },
  };
}
