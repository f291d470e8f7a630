import type { Clock } from "../../ports.ts";
import { Silence } from "./failure.ts";

/** A deadline that every sign of life puts off. */
export interface SilenceWatch {
  /** Aborted with {@link Silence} when nothing was heard for too long, or with the caller's reason. */
  readonly signal: AbortSignal;
  heard(): void;
  /** Ends the watch; has to be called. */
  stop(): void;
}

/** Watches from now on. The SDK's own timeout ends with the response's first byte, and a stream can fall silent after it. */
export function watchSilence(
  clock: Clock,
  limitMs: number,
  caller: AbortSignal,
): SilenceWatch {
  const silence = new AbortController();
  const stopped = new AbortController();
  let lastHeard = clock.now();

  const watch = async (): Promise<void> => {
    for (;;) {
      const left = lastHeard + limitMs - clock.now();
      if (left <= 0) {
        silence.abort(new Silence(`nothing for ${String(limitMs)} ms`));
        return;
      }
      await clock.after(left, stopped.signal);
    }
  };
  watch().catch(() => {
    // Stopped: the answer came, or the caller left.
  });

  return {
    signal: AbortSignal.any([caller, silence.signal]),
    heard() {
      lastHeard = clock.now();
    },
    stop() {
      stopped.abort();
    },
  };
}
