import type { Chance, Clock } from "../../ports.ts";
import type { StoredPush } from "../../protocol/push.ts";
import type { Posted } from "./post.ts";
import { post } from "./post.ts";
import type { Targets } from "./targets.ts";

/** Longest a receiver may take to answer, ms. */
export const ANSWER_MS = 10_000;
/** Tries of one notification before the hub gives up on its receiver: with the pauses between them about six minutes. */
export const MAX_TRIES = 12;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** Notifications that may be on their way at once. */
const MAX_AT_ONCE = 16;

/** The pause before the next try, ms: doubles from half a second to a minute, and between half of it and all of it is chance. */
function pauseAfter(tries: number, chance: Chance): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  return Math.round((most / 2) * (1 + chance.seed() / 2 ** 31));
}

/** Sends one notification until it is acknowledged or given up; `onRetry` hears of each further try. Rejects only when aborted. */
export type Deliver = (
  config: StoredPush["config"],
  body: string,
  signal: AbortSignal,
  onRetry: (why: string) => void,
) => Promise<Posted>;

function headersOf({
  token,
  authentication,
}: StoredPush["config"]): Readonly<Record<string, string>> {
  const { scheme, credentials = "" } = authentication ?? {};
  return {
    "Content-Type": "application/a2a+json",
    "A2A-Version": "1.0",
    ...(token === undefined || token === ""
      ? {}
      : { "X-A2A-Notification-Token": token }),
    ...(scheme === undefined
      ? {}
      : { Authorization: `${scheme} ${credentials}`.trim() }),
  };
}

function failedWhen(
  signal: AbortSignal,
): Promise<Extract<Posted, { readonly ok: false }>> {
  return new Promise((resolve) => {
    const fail = (): void => {
      const why = (signal.reason as Error).message;
      resolve({ ok: false, again: true, why });
    };
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

/** Lets `MAX_AT_ONCE` through; the others wait in order. */
function createSlots(): <T>(use: () => Promise<T>) => Promise<T> {
  let free = MAX_AT_ONCE;
  const waiting: (() => void)[] = [];
  return async (use) => {
    if (free > 0) free -= 1;
    else
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    try {
      return await use();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Makes the way to receivers. */
export function createDeliver(parts: {
  readonly targets: Targets;
  readonly clock: Clock;
  readonly chance: Chance;
}): Deliver {
  const { targets, clock, chance } = parts;
  const inSlot = createSlots();

  async function once(
    config: StoredPush["config"],
    body: string,
    signal: AbortSignal,
  ): Promise<Posted> {
    signal.throwIfAborted();
    const done = new AbortController();
    const late = new AbortController();
    // Aborted: it was answered in time, or nobody waits any more.
    clock.after(ANSWER_MS, AbortSignal.any([done.signal, signal])).then(
      () => {
        late.abort(new Error(`no answer within ${ANSWER_MS / 1000} s`));
      },
      () => undefined,
    );
    const until = AbortSignal.any([late.signal, signal]);
    try {
      // Looked up anew each time: a name may have moved, to where nothing may be sent.
      const target = await Promise.race([
        targets.admit(config.url),
        failedWhen(until),
      ]);
      return target.ok
        ? await post(target, headersOf(config), body, until)
        : { ...target, why: `its URL ${target.why}` };
    } finally {
      done.abort();
    }
  }

  return async (config, body, signal, onRetry) => {
    for (let tries = 1; ; tries += 1) {
      const posted = await inSlot(() => once(config, body, signal));
      signal.throwIfAborted();
      if (posted.ok || !posted.again || tries === MAX_TRIES) return posted;
      onRetry(posted.why);
      await clock.after(pauseAfter(tries, chance), signal);
    }
  };
}
