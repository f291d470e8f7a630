import type { Clock } from "../../src/ports.ts";

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Is later at once; what became due meanwhile happens with the next {@link advance}. */
  skip(ms: number): void;
  /** Lets what is under way happen, then moves on, letting everything happen that becomes due on the way, each at its own time. */
  advance(ms: number): Promise<void>;
}

/** Lets what is under way in this process go on. */
async function turns(): Promise<void> {
  for (let count = 0; count < 5; count += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

/** Makes one. */
export function manualClock(start = 1_800_000_000_000): ManualClock {
  const timers = new Set<{ readonly at: number; readonly ring: () => void }>();
  let now = start;
  return {
    now: () => now,
    after: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        const abort = (): void => {
          timers.delete(timer);
          reject(signal?.reason as Error);
        };
        const timer = {
          at: now + ms,
          ring: (): void => {
            timers.delete(timer);
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        timers.add(timer);
        signal?.addEventListener("abort", abort, { once: true });
      }),
    skip(ms) {
      now += ms;
    },
    async advance(ms) {
      await turns();
      const end = now + ms;
      for (;;) {
        const [next] = [...timers]
          .filter(({ at }) => at <= end)
          .sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        now = Math.max(now, next.at);
        next.ring();
        await turns();
      }
      now = end;
      await turns();
    },
  };
}
