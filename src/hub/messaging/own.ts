import type { Chance, Clock } from "../../ports.ts";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { PRIORITY } from "../../protocol/envelope.ts";
import type { Parcel } from "./parcel.ts";
import type { Sender, Taker } from "./parties.ts";
import type { NoAnswer, Open, Requests } from "./requests.ts";
import type { Router } from "./router.ts";

/** A header as the hub itself writes it; the rest is filled in. */
export type HubHeader = Pick<EnvelopeHeader, "to"> & Partial<EnvelopeHeader>;

/** What the hub itself says. */
export interface OwnMessages {
  /** Sends a message; resolves once it is passed on or, when durable, on disk. Rejects with a wire error when it led to nothing. */
  send(header: HubHeader, payload: unknown): Promise<{ readonly seq?: number }>;
  /**
   * Asks an agent, a role or a skill and resolves with the end of the answer: a `response`, or the `error` that says there is none. `onPart` gets what
   * comes before the end of a streamed one. Rejects with a wire error when the request led to nothing, with the signal's reason when it is aborted.
   */
  request(
    header: HubHeader,
    payload: unknown,
    signal: AbortSignal,
    onPart?: (part: Parcel) => void,
  ): Promise<Parcel>;
  /** What an asker is told who gets no answer. */
  noAnswer(open: Open<Taker>, why: NoAnswer): Parcel;
}

const WHY: Readonly<Record<NoAnswer, string>> = {
  DEADLINE_EXCEEDED: "No answer came in time.",
  UNAVAILABLE: "Who was asked went away before it answered.",
};

/** Lets the hub speak through its own router. */
export function createOwnMessages(parts: {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly router: Router;
  readonly requests: Requests<Taker>;
}): OwnMessages {
  const { clock, chance, router, requests } = parts;
  const nobody: Taker = { take: () => false };

  function own(header: HubHeader, payload: unknown): Parcel {
    return {
      header: {
        id: chance.id(),
        type: "event",
        durable: false,
        priority: PRIORITY.usual,
        at: clock.now(),
        ...header,
      },
      payload: Buffer.from(JSON.stringify(payload ?? null)),
    };
  }

  async function pass(
    parcel: Parcel,
    taker: Taker,
  ): Promise<{ readonly seq?: number }> {
    const sender: Sender = { name: "hub", taker, seats: new Set() };
    if (parcel.header.durable) return router.durable(sender, parcel);
    router.live(sender, parcel);
    return {};
  }

  return {
    send: (header, payload) => pass(own(header, payload), nobody),
    async request(header, payload, signal, onPart) {
      signal.throwIfAborted();
      const end = Promise.withResolvers<Parcel>();
      const taker: Taker = {
        take(outgoing) {
          const part = outgoing.parcel();
          if (part.header.more === true) onPart?.(part);
          else end.resolve(part);
          return true;
        },
      };
      const abort = (): void => {
        end.reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      try {
        const parcel = own({ ...header, type: "request" }, payload);
        const [answer] = await Promise.all([end.promise, pass(parcel, taker)]);
        return answer;
      } finally {
        signal.removeEventListener("abort", abort);
        requests.gone(taker);
      }
    },
    noAnswer: ({ askerName, correlationId, requestId, traceparent }, why) =>
      own(
        {
          from: "hub",
          to: `agent:${askerName}`,
          type: "error",
          correlationId,
          causationId: requestId,
          ...(traceparent !== undefined && { traceparent }),
        },
        { reason: why, message: WHY[why] },
      ),
  };
}
