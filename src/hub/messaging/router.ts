import type { Clock } from "../../ports.ts";
import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import type { Registry } from "../registry.ts";
import {
  invalidField,
  overloaded,
  unsupportedOperation,
} from "../wireError.ts";
import type { Address } from "./address.ts";
import { addressOf } from "./address.ts";
import type { Arena } from "./arena.ts";
import type { MessageCounts } from "./counts.ts";
import type { Added } from "./encode.ts";
import type { Member } from "./member.ts";
import type { Came } from "./outgoing.ts";
import { Outgoing } from "./outgoing.ts";
import type { Delivery, Parcel } from "./parcel.ts";
import { mailboxOf } from "./parcel.ts";
import type { Sender, Taker } from "./parties.ts";
import type { Open, Requests } from "./requests.ts";
import type { Topics } from "./topics.ts";

/** Finds one agent for a role or a skill pattern, given as `role:…` or `skill:…`; none of those excluded. */
export type FindAgent = (
  recipient: string,
  exclude: ReadonlySet<string>,
) => string | undefined;

/** Decides who gets a message. */
export interface Router {
  /** Passes a live message on at once. Returns the readers that could not keep up; throws a wire error when it led to nothing. */
  live(sender: Sender, parcel: Parcel, came?: Came): readonly Taker[];
  /** Resolves with the message's place once it is on disk; rejects with a wire error when it led to nothing. */
  durable(sender: Sender, parcel: Parcel): Promise<{ readonly seq: number }>;
}

/** Makes the router of one hub. */
export function createRouter(parts: {
  readonly clock: Clock;
  readonly arena: Arena;
  readonly registry: Pick<Registry, "get" | "all">;
  readonly findAgent: FindAgent;
  readonly memberOf: (agentId: string) => Member | undefined;
  readonly live: Topics<Member>;
  readonly lasting: Topics<string>;
  /** Undefined once all lasting subscriptions are known. */
  readonly loading: () => Promise<void> | undefined;
  readonly requests: Requests<Taker>;
  readonly delivery: Delivery | undefined;
  readonly counts: MessageCounts;
}): Router {
  const { clock, arena, registry, memberOf, requests, delivery, counts } =
    parts;

  /** The one agent that is meant. */
  function agentFor(sender: Sender, to: string, address: Address): string {
    if (address.kind === "agent") return address.name;
    const own = sender.seats;
    const found = parts.findAgent(to, own);
    if (found === undefined)
      throw invalidField("to", "no such agent sits here, or none can take it");
    return found;
  }

  function othersThan(sender: Sender): readonly string[] {
    const own = sender.seats;
    return registry
      .all()
      .map(({ agentId }) => agentId)
      .filter((agentId) => !own.has(agentId));
  }

  function checkTime(expiresAt: number | undefined): void {
    if (expiresAt === undefined || expiresAt > clock.now()) return;
    counts.expired += 1;
    throw invalidField("expiresAt", "is past; the message was dropped");
  }

  /** What waits for the answer that this may be, and what the hub adds to such a one. */
  function answered(sender: Sender, parcel: Parcel): Open<Taker> | undefined {
    const { type, correlationId, more, from } = parcel.header;
    if (correlationId === undefined) return undefined;
    if (type !== "response" && type !== "error") return undefined;
    return requests.answer(from ?? sender.name, correlationId, more === true);
  }

  /** What else the hub adds to an answer, or to a request without a name for its answer. */
  function filledIn(
    { header }: Parcel,
    open: Open<Taker> | undefined,
  ): Added | undefined {
    if (open !== undefined)
      return {
        ...(header.causationId === undefined && {
          causationId: open.requestId,
        }),
        ...(header.traceparent === undefined &&
          open.traceparent !== undefined && { traceparent: open.traceparent }),
      };
    return header.type === "request" && header.correlationId === undefined
      ? { correlationId: header.id }
      : undefined;
  }

  function outgoingOf(
    sender: Sender,
    parcel: Parcel,
    open: Open<Taker> | undefined,
    came?: Came,
  ): Outgoing {
    const from = parcel.header.from ?? sender.name;
    const more = filledIn(parcel, open);
    if (more === undefined) return new Outgoing(arena, parcel, { from }, came);
    const added = { from, ...more };
    // The prepared beginning says no more than who sent it.
    return came === undefined
      ? new Outgoing(arena, parcel, added)
      : new Outgoing(arena, parcel, added, {
          frame: came.frame,
          start: undefined,
        });
  }

  /** Whether the request is one that did not wait already. */
  function ask(sender: Sender, agentId: string, { header }: Parcel): boolean {
    const asker = header.from ?? sender.name;
    const state = requests.open(sender.taker, asker, agentId, header);
    if (state === "full") throw overloaded("requests that wait for an answer");
    if (state === "taken")
      throw invalidField(
        "correlationId",
        "another request of that name waits for this agent's answer",
      );
    return state === "open";
  }

  function forget(asked: string, header: EnvelopeHeader): void {
    requests.drop(asked, header.correlationId ?? header.id);
  }

  function giveOne(taker: Taker | undefined, outgoing: Outgoing): void {
    if (taker === undefined)
      throw invalidField("to", "nobody of that name is here");
    if (taker.take(outgoing)) {
      counts.delivered += 1;
      return;
    }
    if (taker.canBeGiven?.(outgoing) === false)
      throw invalidField("payload", "is no JSON, or nested too deep");
    counts.dropped += 1;
    throw overloaded("what waits for the recipient");
  }

  function giveAll(
    takers: readonly Taker[],
    outgoing: Outgoing,
  ): readonly Taker[] {
    let crowded: Taker[] | undefined;
    for (const taker of takers) {
      if (taker.take(outgoing)) counts.delivered += 1;
      else counts.dropped += 1;
      if (taker.wire?.crowded === true) (crowded ??= []).push(taker);
    }
    // One slow reader of many does not slow down the rest.
    return crowded !== undefined && crowded.length * 2 > takers.length
      ? crowded
      : [];
  }

  function giveDirect(
    sender: Sender,
    parcel: Parcel,
    address: Address,
    outgoing: Outgoing,
  ): readonly Taker[] {
    const { header } = parcel;
    const agentId = agentFor(sender, header.to, address);
    const member = memberOf(agentId);
    if (header.type === "request" && member !== undefined) {
      ask(sender, agentId, parcel);
      try {
        giveOne(member, outgoing);
      } catch (error) {
        forget(agentId, header);
        throw error;
      }
    } else giveOne(member, outgoing);
    return member?.wire?.crowded === true ? [member] : [];
  }

  function checkRequest(parcel: Parcel, { kind }: Address): void {
    if (parcel.header.type !== "request") return;
    if (kind === "topic" || kind === "everyone")
      throw invalidField(
        "type",
        "a request is for an agent, a role or a skill",
      );
  }

  function mailboxesFor(
    sender: Sender,
    to: string,
    address: Address,
  ): readonly string[] {
    if (address.kind === "everyone") return othersThan(sender);
    if (address.kind === "topic")
      return parts.lasting.match(address.name).map(mailboxOf);
    return [agentFor(sender, to, address)];
  }

  return {
    live(sender, parcel, came) {
      const { header } = parcel;
      checkTime(header.expiresAt);
      const address = addressOf(header.to);
      checkRequest(parcel, address);
      const open = answered(sender, parcel);
      const outgoing = outgoingOf(sender, parcel, open, came);
      if (open !== undefined) {
        giveOne(open.asker, outgoing);
        return open.asker.wire?.crowded === true ? [open.asker] : [];
      }
      if (address.kind === "topic")
        return giveAll(parts.live.match(address.name), outgoing);
      if (address.kind !== "everyone")
        return giveDirect(sender, parcel, address, outgoing);
      const members = othersThan(sender).map(memberOf);
      return giveAll(
        members.filter((member) => member !== undefined),
        outgoing,
      );
    },

    async durable(sender, parcel) {
      const { header } = parcel;
      if (delivery === undefined)
        throw unsupportedOperation("This hub keeps no durable messages.");
      checkTime(header.expiresAt);
      const address = addressOf(header.to);
      checkRequest(parcel, address);
      const loading = address.kind === "topic" ? parts.loading() : undefined;
      if (loading !== undefined) await loading;
      const open = answered(sender, parcel);
      const stored = outgoingOf(sender, parcel, open).parcel();
      const mailboxes =
        open === undefined
          ? mailboxesFor(sender, header.to, address)
          : boxOf(open);
      const [asked] = header.type === "request" ? mailboxes : [];
      const isNew = asked !== undefined && ask(sender, asked, parcel);
      try {
        const { seq, duplicate } = await delivery.accept(stored, mailboxes);
        counts.stored += 1;
        if (!duplicate) tellLive(stored, address, open);
        // Answered long ago, perhaps; an answer that is yet to come finds its way by its recipient.
        else if (isNew) forget(asked, header);
        return { seq };
      } catch (error) {
        if (isNew) forget(asked, header);
        throw error;
      }
    },
  };

  /** An asker without a seat has no mailbox: its answer is stored, and told to it live. */
  function boxOf({ askerName }: Open<Taker>): readonly string[] {
    return registry.get(askerName) === undefined ? [] : [askerName];
  }

  /** Those without a mailbox hear it once it is on disk. */
  function tellLive(
    parcel: Parcel,
    { kind, name }: Address,
    open: Open<Taker> | undefined,
  ): void {
    const outgoing = new Outgoing(arena, parcel, {});
    if (open !== undefined) {
      if (boxOf(open).length === 0) giveAll([open.asker], outgoing);
    } else if (kind === "topic") giveAll(parts.live.match(name), outgoing);
  }
}
