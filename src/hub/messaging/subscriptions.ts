import {
  Acknowledge,
  MAX_PATTERNS,
  Refuse,
  Subscribe,
  Unsubscribe,
} from "../../protocol/envelope.ts";
import {
  invalidField,
  parseParams,
  unsupportedOperation,
} from "../wireError.ts";
import type { Arena } from "./arena.ts";
import type { Member } from "./member.ts";
import { Outgoing } from "./outgoing.ts";
import type { Delivery, Lasting, Outlet } from "./parcel.ts";
import { mailboxOf } from "./parcel.ts";
import type { Topics } from "./topics.ts";
import { createTopics } from "./topics.ts";

/** Who wants what, and who empties which mailbox. Parameters come as they were sent; what does not fit is a wire error. */
export interface Subscriptions {
  readonly live: Topics<Member>;
  /** By name of the lasting subscription. */
  readonly lasting: Topics<string>;
  /** Takes up the lasting subscriptions that were kept before the hub began; to be called once they can be read. */
  restore(): void;
  /** Undefined once all lasting subscriptions are known; until then a promise of that. */
  loading(): Promise<void> | undefined;
  subscribe(member: Member, params: unknown): Promise<object>;
  unsubscribe(member: Member, params: unknown): Promise<object>;
  acknowledge(member: Member, params: unknown): void;
  refuse(member: Member, params: unknown): void;
  /** The agent's mailbox is emptied here from now on. */
  seated(member: Member, agentId: string): void;
  unseated(member: Member, agentId: string): void;
  left(member: Member): void;
}

function checkCount(topics: ReadonlySet<string>): void {
  if (topics.size > MAX_PATTERNS)
    throw invalidField("topics", `at most ${String(MAX_PATTERNS)} in all`);
}

/** Nobody wants anything but what lasts. */
export function createSubscriptions(parts: {
  readonly arena: Arena;
  readonly delivery: Delivery | undefined;
}): Subscriptions {
  const { arena } = parts;
  const live = createTopics<Member>();
  const lasting = createTopics<string>();
  const kept = new Map<string, Lasting>();
  /** Whose outlet a mailbox has; the last to ask for it. */
  const emptiedBy = new Map<string, Member>();

  let known = parts.delivery === undefined;

  function restore(): void {
    known = true;
    for (const each of parts.delivery?.lasting() ?? []) {
      if (kept.has(each.name)) continue;
      kept.set(each.name, each);
      for (const topic of each.topics) lasting.add(topic, each.name);
    }
  }

  async function load(): Promise<void> {
    if (known) return;
    await durable().ready();
    restore();
  }

  function durable(): Delivery {
    if (parts.delivery === undefined)
      throw unsupportedOperation("This hub keeps no durable messages.");
    return parts.delivery;
  }

  function outletOf(
    member: Member,
    mailbox: string,
    subscription: string | undefined,
  ): Outlet {
    const added = subscription === undefined ? {} : { subscription };
    return {
      owner: mailbox,
      offer(parcel, place) {
        const outgoing = new Outgoing(arena, parcel, { ...place, ...added });
        if (member.take(outgoing)) return true;
        if (member.canBeGiven(outgoing)) return false;
        // It would never go through here: the sender, or whoever looks after dead letters, has to see to it.
        if (place !== undefined)
          parts.delivery?.refuse(
            mailbox,
            place.seq,
            "the payload is no JSON, or nested too deep",
          );
        return true;
      },
    };
  }

  function detach(member: Member, mailbox: string): void {
    const end = member.mailboxes?.get(mailbox);
    if (end === undefined) return;
    member.mailboxes?.delete(mailbox);
    emptiedBy.delete(mailbox);
    end();
  }

  function attach(
    member: Member,
    mailbox: string,
    subscription?: string,
  ): void {
    const { delivery } = parts;
    if (delivery === undefined || member.gone) return;
    const before = emptiedBy.get(mailbox);
    if (before !== undefined) detach(before, mailbox);
    emptiedBy.set(mailbox, member);
    const outlet = outletOf(member, mailbox, subscription);
    (member.mailboxes ??= new Map()).set(
      mailbox,
      delivery.attach(mailbox, outlet),
    );
  }

  async function keep(
    name: string,
    topics: ReadonlySet<string>,
  ): Promise<void> {
    checkCount(topics);
    const next: Lasting = { name, topics: [...topics] };
    await durable().keep(next);
    for (const topic of kept.get(name)?.topics ?? [])
      lasting.remove(topic, name);
    for (const topic of topics) lasting.add(topic, name);
    kept.set(name, next);
  }

  async function forget(name: string): Promise<void> {
    const owner = emptiedBy.get(mailboxOf(name));
    if (owner !== undefined) detach(owner, mailboxOf(name));
    await durable().forget(name);
    for (const topic of kept.get(name)?.topics ?? [])
      lasting.remove(topic, name);
    kept.delete(name);
  }

  function subscribeLive(member: Member, topics: readonly string[]): void {
    const all = new Set([...(member.topics ?? []), ...topics]);
    checkCount(all);
    member.topics = all;
    for (const topic of topics) live.add(topic, member);
  }

  function unsubscribeLive(
    member: Member,
    topics: Iterable<string> = member.topics ?? [],
  ): void {
    for (const topic of [...topics]) {
      member.topics?.delete(topic);
      live.remove(topic, member);
    }
  }

  /** Mailboxes that are meant by a name, or without one by who sits there. */
  function mailboxes(
    member: Member,
    name: string | undefined,
  ): Iterable<string> {
    return name === undefined ? member.seats : [mailboxOf(name)];
  }

  return {
    live,
    lasting,
    restore,
    loading: () => (known ? undefined : load()),
    async subscribe(member, params) {
      const { topics, name } = parseParams(Subscribe, params);
      if (name === undefined) subscribeLive(member, topics);
      else {
        await load();
        await keep(
          name,
          new Set([...(kept.get(name)?.topics ?? []), ...topics]),
        );
        attach(member, mailboxOf(name), name);
      }
      return {};
    },
    async unsubscribe(member, params) {
      const { topics, name } = parseParams(Unsubscribe, params);
      if (name === undefined) unsubscribeLive(member, topics);
      else {
        await load();
        const left = new Set(kept.get(name)?.topics ?? []);
        for (const topic of topics ?? [...left]) left.delete(topic);
        await (left.size === 0 ? forget(name) : keep(name, left));
      }
      return {};
    },
    acknowledge(member, params) {
      const { seqs, name } = parseParams(Acknowledge, params);
      for (const mailbox of mailboxes(member, name))
        durable().acknowledge(mailbox, seqs);
    },
    refuse(member, params) {
      const { seq, why, name } = parseParams(Refuse, params);
      for (const mailbox of mailboxes(member, name))
        durable().refuse(mailbox, seq, why);
    },
    seated: attach,
    unseated: detach,
    left(member) {
      unsubscribeLive(member);
      for (const mailbox of [...(member.mailboxes?.keys() ?? [])])
        detach(member, mailbox);
    },
  };
}
