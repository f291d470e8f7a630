import type { Caller, Channel } from "./words.ts";

/** Messages that are on their way at any time. */
const WINDOW = 2000;

/** Messages per second over a channel, `total` of them, a window on their way at any time. */
export async function pump(channel: Channel, total: number): Promise<number> {
  let sent = 0;
  let delivered = 0;
  let acknowledged = 0;
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const refill = (): void => {
      const done = channel.acknowledges
        ? Math.min(delivered, acknowledged)
        : delivered;
      if (done >= total) {
        resolve();
        return;
      }
      const room = Math.min(WINDOW - (sent - done), total - sent);
      if (room < WINDOW / 8 && sent + room < total) return;
      if (room <= 0) return;
      sent += room;
      channel.send(room);
    };
    channel.onProgress((what) => {
      if (what === "delivered") delivered += 1;
      else acknowledged += 1;
      refill();
    });
    refill();
  });
  return total / ((performance.now() - start) / 1000);
}

/** Latencies of `total` calls one after the other, µs, sorted. */
export async function callOneByOne(
  caller: Caller,
  total: number,
): Promise<readonly number[]> {
  const micros: number[] = [];
  for (let count = 0; count < total; count += 1) {
    const start = performance.now();
    await caller.call();
    micros.push((performance.now() - start) * 1000);
  }
  return micros.sort((a, b) => a - b);
}

/** Calls per second and latencies in µs with `lanes` calls under way at any time. */
export async function callSideBySide(
  caller: Caller,
  total: number,
  lanes: number,
): Promise<{ readonly perSecond: number; readonly micros: readonly number[] }> {
  const micros: number[] = [];
  let left = total;
  const start = performance.now();
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const begun = performance.now();
      await caller.call();
      micros.push((performance.now() - begun) * 1000);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const perSecond = total / ((performance.now() - start) / 1000);
  return { perSecond, micros: micros.sort((a, b) => a - b) };
}

/** The value below which the share `p` (0 to 1) of the sorted values lies. */
export function quantile(sorted: readonly number[], p: number): number {
  return (
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0
  );
}
