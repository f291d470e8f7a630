import { isProblem, toProblem } from "../../core/errors.ts";
import type { Chance, Clock } from "../../ports.ts";

/** First pause after a failed call, ms; each further one is twice as long. */
const FIRST_MS = 100;
/** Longest pause while the peer was there a short while ago, ms. */
const NEAR_MS = 2000;
/** Longest pause otherwise, and the pause after it said no, ms. */
const FAR_MS = 30_000;
/** Noes in a row that count as one: a connection that breaks off at the wrong moment looks the same. */
const NOES = 4;
/** A link that lasted less counts as a failed call, ms. */
const SHORT_MS = 5000;
/** How long "a short while ago" is, ms. */
const RECENT_MS = 600_000;
const SEEDS = 2 ** 31;

/** Pause before call number `failures` + 1, ms: between half of a step that doubles and all of it (exponential back-off with equal jitter). `seed`: 0 to 2^31 − 1. */
export function pauseAfter(
  failures: number,
  seed: number,
  last: { readonly refused: boolean; readonly recent: boolean },
): number {
  const isNo = last.refused && failures >= NOES;
  const most = last.recent ? NEAR_MS : FAR_MS;
  const step = isNo
    ? FAR_MS
    : Math.min(most, FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.round(step / 2 + (step / 2) * (seed / SEEDS));
}

/** Calls peers again and again for as long as there is no link to them. */
export interface Callers {
  /** Begins, or begins anew at once. */
  call(hubId: string): void;
  /** Calls it no more. */
  stop(hubId: string): void;
  close(): void;
}

/** Nobody is called yet. `once` makes one call and resolves when its link has ended; before it calls it waits for a link that is open to end. */
export function createCallers(deps: {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly mono: () => number;
  /** Makes one link; resolves when it has ended, rejects when there was none. */
  readonly once: (hubId: string, signal: AbortSignal) => Promise<void>;
  /** Told why a call failed. */
  readonly onFailed: (hubId: string, why: string) => void;
}): Callers {
  const { clock, chance, mono } = deps;
  const calling = new Map<string, AbortController>();

  async function keepCalling(
    hubId: string,
    signal: AbortSignal,
  ): Promise<void> {
    let thereAt = mono();
    for (let failures = 0; ;) {
      let refused = false;
      try {
        const calledAt = mono();
        await deps.once(hubId, signal);
        thereAt = mono();
        failures = thereAt - calledAt < SHORT_MS ? failures + 1 : 0;
      } catch (error) {
        if (signal.aborted) return;
        refused = isProblem(error, "peer-refused");
        deps.onFailed(hubId, toProblem(error).message);
        failures += 1;
      }
      const recent = mono() - thereAt < RECENT_MS;
      await clock.after(
        pauseAfter(failures, chance.seed(), { refused, recent }),
        signal,
      );
    }
  }

  function stop(hubId: string): void {
    calling.get(hubId)?.abort(new Error("it is not called any more"));
    calling.delete(hubId);
  }

  return {
    call(hubId) {
      stop(hubId);
      const stopped = new AbortController();
      calling.set(hubId, stopped);
      // Aborted: stopped, or begun anew.
      keepCalling(hubId, stopped.signal).catch(() => undefined);
    },
    stop,
    close() {
      for (const hubId of [...calling.keys()]) stop(hubId);
    },
  };
}
