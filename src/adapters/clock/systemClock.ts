import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../ports.ts";

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async after(ms, signal) {
    signal?.throwIfAborted();
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // node wraps the reason in an AbortError; callers were promised the reason itself.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
