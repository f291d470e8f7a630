import { toProblem } from "../../core/errors.ts";
import type { Clock, Lifetime, TextLog } from "../../ports.ts";
import { archiveMissions, type KeptLog, type Retention } from "./archive.ts";

/** A start is busy enough without it, ms. */
const FIRST_MS = 30_000;
/** Time between looks at what has grown old, ms. */
const EVERY_MS = 3_600_000;

/**
 * Archives closed missions that need not be kept, half a minute from now and every hour, as long as it lives; see `archiveMissions`.
 * What fails is told to the text log and tried again at the next look. Disposing it waits for the mission at hand.
 */
export function keepTidy(
  log: KeptLog,
  keep: Retention,
  { clock, textLog }: { readonly clock: Clock; readonly textLog: TextLog },
): Lifetime {
  const ending = new AbortController();
  const { signal } = ending;

  const look = async (): Promise<void> => {
    try {
      const done = await archiveMissions(log, keep, { clock, signal });
      if (done.length > 0)
        textLog.info("missions archived", { missions: done.length });
    } catch (error) {
      const { message, next } = toProblem(error);
      textLog.warn(message, { next });
    }
  };
  const run = async (): Promise<void> => {
    if (keep.keepDays === 0 && keep.keepMegabytes === 0) return;
    for (let wait = FIRST_MS; ; wait = EVERY_MS) {
      const ended = await clock.after(wait, signal).then(
        () => false,
        () => true,
      );
      if (ended) return;
      await look();
    }
  };

  const running = run();
  return {
    dispose: async () => {
      ending.abort();
      await running;
    },
  };
}
