import { overloaded } from "./wireError.ts";

/** Items that may wait for a slow reader before its stream ends with an error. */
const MAX_WAITING = 10_000;

/** Where a source puts what happens. */
export interface Sink<T> {
  push(item: T): void;
  end(error?: Error): void;
}

/**
 * Items of a source as an async iterable. `open` is called at once, so that nothing between the call and the first read is missed;
 * it returns how to stop. Ends when the source ends, when the reader leaves, and quietly when `signal` aborts.
 */
export function streamOf<T>(
  open: (sink: Sink<T>) => () => void,
  signal: AbortSignal,
): AsyncIterable<T> {
  let waiting: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const sink: Sink<T> = {
    push(item) {
      if (ended) return;
      waiting.push(item);
      if (waiting.length > MAX_WAITING) sink.end(overloaded("events unread"));
      wake?.();
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      wake?.();
    },
  };
  const stop = open(sink);
  const leave = (): void => {
    waiting = [];
    sink.end();
    stop();
  };
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });

  async function* read(): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        // A batch at a time: taking from the front of a long array is linear each time.
        const batch = waiting;
        waiting = [];
        for (const item of batch) {
          if (signal.aborted) return;
          yield item;
        }
        if (waiting.length > 0) continue;
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      if (failure !== undefined) throw failure;
    } finally {
      ended = true;
      signal.removeEventListener("abort", leave);
      stop();
    }
  }
  return read();
}
