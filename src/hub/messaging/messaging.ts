import type { Chance, Clock, TextLog } from "../../ports.ts";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { PRIORITY } from "../../protocol/envelope.ts";
import type { Connection } from "../connection.ts";
import type { Identity } from "../identity.ts";
import type { Registry } from "../registry.ts";
import { RPC_CODE, WireError } from "../wireError.ts";
import type { Limits } from "./allowance.ts";
import { createAllowance, LIMITS } from "./allowance.ts";
import type { MessageCounts } from "./counts.ts";
import { createCounts } from "./counts.ts";
import { createInbound } from "./inbound.ts";
import type { Channel } from "./member.ts";
import { Member } from "./member.ts";
import { Outgoing } from "./outgoing.ts";
import type { Delivery, Parcel } from "./parcel.ts";
import type { Sender, Taker } from "./parties.ts";
import type { NoAnswer, Open } from "./requests.ts";
import { createRequests } from "./requests.ts";
import type { FindAgent } from "./router.ts";
import { createRouter } from "./router.ts";
import { createSlow } from "./slow.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { Wires } from "./wire.ts";

/** A header as the hub itself writes it; the rest is filled in. */
export type HubHeader = Pick<EnvelopeHeader, "to"> & Partial<EnvelopeHeader>;

/** Messages of one connection. */
export interface Post {
  /** Takes an envelope frame, mark included. Never throws: the other side is told. */
  readonly frame: (frame: Buffer) => void;
  /** Answers a request whose method begins with `envelope/`; rejects with a wire error. */
  call(method: string, params: unknown): Promise<unknown>;
  /** Takes such a notification; what does not fit is dropped. */
  hear(method: string, params: unknown): void;
  /** The connection has ended. */
  leave(): void;
}

/** Messages between all who are connected to one hub. */
export interface Messaging {
  /** What sockets write through. */
  readonly wires: Wires;
  readonly counts: Readonly<MessageCounts>;
  /** Takes up lasting subscriptions of before; to be called once delivery is ready. */
  restore(): void;
  /** Requests that wait for an answer. */
  waiting(): number;
  /** Takes a connection in. */
  join(connection: Connection, channel: Channel, identity: Identity): Post;
  /** Sends a message of the hub's own; resolves once it is passed on or, when durable, on disk. Rejects with a wire error when it led to nothing. */
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
  /** Ends timers; what still waits for an answer gets none. */
  close(): void;
}

const WHY: Readonly<Record<NoAnswer, string>> = {
  DEADLINE_EXCEEDED: "No answer came in time.",
  UNAVAILABLE: "Who was asked went away before it answered.",
};

/** Makes the messages of one hub; without `delivery` durable ones are refused. */
export function createMessaging(parts: {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly textLog: TextLog;
  readonly registry: Pick<Registry, "get" | "all" | "onSeats">;
  readonly findAgent: FindAgent;
  readonly delivery?: Delivery;
  readonly limits?: Limits;
}): Messaging {
  const { clock, chance, textLog, registry, findAgent, delivery } = parts;
  const counts = createCounts();
  const members = new Map<Connection, Member>();
  const wires = new Wires(clock, (late) => (counts.expired += late));
  const { arena } = wires;
  const requests = createRequests<Taker>({ clock, textLog, fail });
  const subscriptions = createSubscriptions({ arena, delivery });
  const slow = createSlow(clock);

  function memberOf(agentId: string): Member | undefined {
    const connection = registry.get(agentId)?.connection;
    return connection === undefined ? undefined : members.get(connection);
  }

  const router = createRouter({
    clock,
    arena,
    registry,
    findAgent,
    memberOf,
    live: subscriptions.live,
    lasting: subscriptions.lasting,
    requests,
    delivery,
    counts,
  });
  const inbound = createInbound({ clock, textLog, router, slow, counts });

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

  function fail(open: Open<Taker>, why: NoAnswer): void {
    counts.unanswered += 1;
    const { askerName, correlationId, requestId, traceparent } = open;
    const parcel = own(
      {
        from: "hub",
        to: `agent:${askerName}`,
        type: "error",
        correlationId,
        causationId: requestId,
        ...(traceparent !== undefined && { traceparent }),
      },
      { reason: why, message: WHY[why] },
    );
    open.asker.take(new Outgoing(arena, parcel, {}));
  }

  const hub: Sender = {
    name: "hub",
    taker: { take: () => true },
    seats: new Set(),
  };

  const forgetSeats = registry.onSeats({
    seated({ agentId, connection }) {
      const member = members.get(connection);
      if (member === undefined) return;
      member.seat(agentId);
      subscriptions.seated(member, agentId);
    },
    left({ agentId, connection }) {
      const member = members.get(connection);
      if (member === undefined) return;
      member.unseat(agentId);
      subscriptions.unseated(member, agentId);
      requests.left(agentId);
    },
  });

  async function call(
    member: Member,
    method: string,
    params: unknown,
  ): Promise<unknown> {
    switch (method) {
      case "envelope/send":
        return inbound.send(member, params);
      case "envelope/subscribe":
        return subscriptions.subscribe(member, params);
      case "envelope/unsubscribe":
        return subscriptions.unsubscribe(member, params);
      case "envelope/ack":
        subscriptions.acknowledge(member, params);
        return {};
      case "envelope/refuse":
        subscriptions.refuse(member, params);
        return {};
      default:
        throw new WireError(
          RPC_CODE.methodNotFound,
          "There is no such method for messages.",
        );
    }
  }

  return {
    wires,
    counts,
    restore: () => {
      subscriptions.restore();
    },
    waiting: () => requests.count(),
    join(connection, channel, identity) {
      const member = new Member(
        channel,
        identity,
        createAllowance(clock, parts.limits ?? LIMITS),
      );
      members.set(connection, member);
      return {
        frame: (frame) => {
          inbound.frame(member, frame);
        },
        call: (method, params) => call(member, method, params),
        hear(method, params) {
          call(member, method, params).catch((error: unknown) => {
            textLog.warn("words about messages do not fit", {
              method,
              why: String(error),
            });
          });
        },
        leave() {
          member.gone = true;
          members.delete(connection);
          subscriptions.left(member);
          requests.gone(member);
          for (const agentId of member.seats) requests.left(agentId);
        },
      };
    },
    async send(header, payload) {
      const parcel = own(header, payload);
      if (parcel.header.durable) return router.durable(hub, parcel);
      router.live(hub, parcel);
      return {};
    },
    request(header, payload, signal, onPart) {
      return new Promise((resolve, reject) => {
        const parcel = own({ ...header, type: "request" }, payload);
        const abort = (): void => {
          requests.gone(taker);
          reject(signal.reason as Error);
        };
        const taker: Taker = {
          take(outgoing) {
            const part = outgoing.parcel();
            if (part.header.more === true) onPart?.(part);
            else {
              signal.removeEventListener("abort", abort);
              resolve(part);
            }
            return true;
          },
        };
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        signal.addEventListener("abort", abort, { once: true });
        const sender: Sender = { ...hub, taker };
        const sent = parcel.header.durable
          ? router.durable(sender, parcel)
          : Promise.resolve().then(() => router.live(sender, parcel));
        sent.catch((error: unknown) => {
          signal.removeEventListener("abort", abort);
          reject(error);
        });
      });
    },
    close() {
      forgetSeats();
      requests.close();
      slow.close();
    },
  };
}
