import { RoundtableError } from "../../core/errors.ts";
import type { EventType, Recorded, RecordedOf } from "../../protocol/event.ts";

type Listener = (events: readonly Recorded[]) => void;

/** Tells listeners what was committed, in order, and ends those that wait when the log ends. */
export class Feed {
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #onError: (error: unknown) => void;
  #closed = false;

  /** `onError` gets what a listener throws; the others are told all the same. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  subscribe(listener: Listener): () => void {
    // A wrapper, so that the same function subscribed twice is told twice and stopped one by one.
    const own: Listener = (events) => {
      listener(events);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  publish(events: readonly Recorded[]): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener(events);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** The first event of `stored` or of later commits that fits; see `EventLog.waitFor`. */
  async waitFor<T extends EventType>(
    missionId: string,
    type: T,
    match: (event: RecordedOf<T>) => boolean,
    signal: AbortSignal,
    stored: Iterable<Recorded>,
  ): Promise<RecordedOf<T>> {
    signal.throwIfAborted();
    const fits = (event: Recorded): event is Recorded & RecordedOf<T> =>
      event.missionId === missionId &&
      event.type === type &&
      match(event as Recorded & RecordedOf<T>);
    for (const event of stored) if (fits(event)) return event;
    if (this.#closed) throw logClosed();
    const { promise, resolve, reject } = Promise.withResolvers<RecordedOf<T>>();
    const abort = (): void => {
      reject(signal.reason);
    };
    const stop = this.subscribe((events) => {
      try {
        const found = events.find(fits);
        if (found !== undefined) resolve(found);
      } catch (error) {
        // `match` is the waiting caller's code: its error is theirs.
        reject(error);
      }
    });
    this.#waiting.add(reject);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await promise;
    } finally {
      stop();
      this.#waiting.delete(reject);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Ends every listener; those that wait are rejected with `log-closed`. */
  close(): void {
    this.#closed = true;
    for (const fail of [...this.#waiting]) fail(logClosed());
    this.#listeners.clear();
  }
}

/** What callers get once the log has ended. */
export function logClosed(): RoundtableError {
  return new RoundtableError(
    "log-closed",
    "The log of this workspace is closed, so the event was not stored.",
    "Everything stored before is safe on disk; open the workspace again to go on.",
  );
}
