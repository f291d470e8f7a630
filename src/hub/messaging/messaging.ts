import type { Chance, Clock, TextLog } from "../../ports.ts";
import type { Connection } from "../connection.ts";
import type { Identity } from "../outside/identity.ts";
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
import type { OwnMessages } from "./own.ts";
import { createOwnMessages } from "./own.ts";
import type { Delivery } from "./parcel.ts";
import type { Taker } from "./parties.ts";
import type { NoAnswer, Open } from "./requests.ts";
import { createRequests } from "./requests.ts";
import type { FindAgent } from "./router.ts";
import { createRouter } from "./router.ts";
import { createSlow } from "./slow.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { Wires } from "./wires.ts";

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
export interface Messaging extends Pick<OwnMessages, "send" | "request"> {
  /** What sockets write through. */
  readonly wires: Wires;
  readonly counts: Readonly<MessageCounts>;
  /** Takes up lasting subscriptions of before; to be called once delivery is ready. */
  restore(): void;
  /** Requests that wait for an answer. */
  waiting(): number;
  /** Takes a connection in. */
  join(connection: Connection, channel: Channel, identity: Identity): Post;
  /** Ends timers; what still waits for an answer gets none. */
  close(): void;
}

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
    loading: () => subscriptions.loading(),
    requests,
    delivery,
    counts,
  });
  const inbound = createInbound({ clock, textLog, router, slow, counts });

  const hub = createOwnMessages({ clock, chance, router, requests });

  function fail(open: Open<Taker>, why: NoAnswer): void {
    counts.unanswered += 1;
    open.asker.take(new Outgoing(arena, hub.noAnswer(open, why), {}));
  }

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
    send: (header, payload) => hub.send(header, payload),
    request: (header, payload, signal, onPart) =>
      hub.request(header, payload, signal, onPart),
    close() {
      forgetSeats();
      requests.close();
      slow.close();
    },
  };
}
