import type { Clock, TextLog } from "../../ports.ts";
import { ANSWER_MS } from "../../protocol/envelope.ts";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";

/** Requests that may wait for their answers at once, of all and of one asker. */
const MAX_OPEN = 65_536;
const MAX_OPEN_EACH = 4096;

/** Timers take no more than 2^31 ms; deadlines further off are looked at again. */
const LONGEST_SLEEP_MS = 3_600_000;

/** Why a request gets no answer, as the reason in the error its asker is sent. */
export type NoAnswer = "DEADLINE_EXCEEDED" | "UNAVAILABLE";

/** A request that waits; `A` is who asked. */
export interface Open<A> {
  readonly asker: A;
  /** Name of the asker as its agents know it. */
  readonly askerName: string;
  /** Who was asked: an agent's id. */
  readonly asked: string;
  readonly correlationId: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** It waits in a mailbox: that who was asked is away does not mean that there is no answer. */
  readonly durable: boolean;
  /** ms since 1970. */
  deadline: number;
  /** Whether the asker chose the deadline; then parts of an answer do not move it. */
  readonly fixed: boolean;
}

/** Requests that wait for answers. */
export interface Requests<A> {
  /** Waits for an answer from `asked`; "again" when that very request waits already (its asker may have come back), "taken" when another of that name does, "full" at the limit. */
  open(
    asker: A,
    askerName: string,
    asked: string,
    header: EnvelopeHeader,
  ): "open" | "again" | "taken" | "full";
  /** The request this answers, undefined when none waits. It goes on waiting when `more` is to come. */
  answer(
    from: string,
    correlationId: string,
    more: boolean,
  ): Open<A> | undefined;
  /** The asker does not wait any longer. */
  drop(asked: string, correlationId: string): void;
  /** An asker is gone: nobody waits for what it asked. */
  gone(asker: A): void;
  /** An agent left: what it was asked live stays unanswered. */
  left(agentId: string): void;
  count(): number;
  close(): void;
}

/** No requests; `fail` tells an asker that there will be no answer. */
export function createRequests<A>(parts: {
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly fail: (open: Open<A>, why: NoAnswer) => void;
}): Requests<A> {
  const { clock, textLog, fail } = parts;
  const waiting = new Map<string, Open<A>>();
  const each = new Map<A, number>();
  /** One timer for all, for the earliest deadline it was set for. */
  let timer: AbortController | undefined;
  let wakesAt = Infinity;

  const keyOf = (asked: string, correlationId: string): string =>
    `${asked} ${correlationId}`;

  function remove(key: string, open: Open<A>): void {
    waiting.delete(key);
    const left = (each.get(open.asker) ?? 1) - 1;
    if (left > 0) each.set(open.asker, left);
    else each.delete(open.asker);
  }

  function wakeAt(deadline: number): void {
    const at = Math.min(deadline, clock.now() + LONGEST_SLEEP_MS);
    if (at >= wakesAt) return;
    timer?.abort();
    const own = new AbortController();
    timer = own;
    wakesAt = at;
    clock
      .after(Math.max(0, at - clock.now()), own.signal)
      .then(sweep, (error: unknown) => {
        if (!own.signal.aborted)
          textLog.error("the clock of the requests stopped", {
            why: String(error),
          });
      });
  }

  function sweep(): void {
    wakesAt = Infinity;
    timer = undefined;
    const now = clock.now();
    let next = Infinity;
    for (const [key, open] of waiting)
      if (open.deadline <= now) {
        remove(key, open);
        fail(open, "DEADLINE_EXCEEDED");
      } else next = Math.min(next, open.deadline);
    if (next < Infinity) wakeAt(next);
  }

  return {
    open(asker, askerName, asked, header) {
      const correlationId = header.correlationId ?? header.id;
      const key = keyOf(asked, correlationId);
      const before = waiting.get(key);
      if (before !== undefined) {
        if (before.requestId !== header.id || before.askerName !== askerName)
          return "taken";
        remove(key, before);
      }
      const own = each.get(asker) ?? 0;
      if (waiting.size >= MAX_OPEN || own >= MAX_OPEN_EACH) return "full";
      const deadline = header.expiresAt ?? clock.now() + ANSWER_MS;
      each.set(asker, own + 1);
      waiting.set(key, {
        asker,
        askerName,
        asked,
        correlationId,
        requestId: header.id,
        traceparent: header.traceparent,
        durable: header.durable,
        deadline,
        fixed: header.expiresAt !== undefined,
      });
      wakeAt(deadline);
      return before === undefined ? "open" : "again";
    },
    answer(from, correlationId, more) {
      const key = keyOf(from, correlationId);
      const open = waiting.get(key);
      if (open === undefined) return undefined;
      if (!more) remove(key, open);
      else if (!open.fixed) open.deadline = clock.now() + ANSWER_MS;
      return open;
    },
    drop(asked, correlationId) {
      const key = keyOf(asked, correlationId);
      const open = waiting.get(key);
      if (open !== undefined) remove(key, open);
    },
    gone(asker) {
      if (!each.has(asker)) return;
      for (const [key, open] of [...waiting])
        if (open.asker === asker) remove(key, open);
    },
    left(agentId) {
      for (const [key, open] of [...waiting])
        if (open.asked === agentId && !open.durable) {
          remove(key, open);
          fail(open, "UNAVAILABLE");
        }
    },
    count: () => waiting.size,
    close() {
      timer?.abort();
      waiting.clear();
      each.clear();
    },
  };
}
