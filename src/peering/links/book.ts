import {
  PEER_LINK_EVENTS,
  noPeers,
  whyNot,
  withPeerEvent,
  type KnownPeer,
  type PeersKnown,
} from "../../core/peering/peers.ts";
import type { EventLog } from "../../ports.ts";
import { HUB_STREAM, type DataOf, type Draft } from "../../protocol/event.ts";

type BookedType = (typeof PEER_LINK_EVENTS)[number];
const PAGE = 1000;

/** A fact about peers that is to be kept. */
export type Fact = {
  readonly [T in BookedType]: { readonly type: T; readonly data: DataOf<T> };
}[BookedType];

/** What the log knows of peers, and the one way to add to it. */
export interface Book {
  readonly known: PeersKnown;
  /** Keeps facts, all or none; resolves once they are on disk and known. Rejects as the log does. */
  add(by: string, ...facts: readonly Fact[]): Promise<void>;
  /** The peer with which a link may be open now. */
  welcome(hubId: string): KnownPeer | undefined;
  /** The same, by the certificate it shows. */
  holder(pin: string): KnownPeer | undefined;
}

/** Reads what the log holds. `now`: ms since 1970. */
export function openBook(log: EventLog, now: () => number): Book {
  let known = noPeers;
  for (let after = 0; ;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: PEER_LINK_EVENTS,
      after,
      limit: PAGE,
    });
    for (const event of page) known = withPeerEvent(known, event);
    after = page.at(-1)?.seq ?? 0;
    if (page.length < PAGE) break;
  }

  const isWelcome = (peer: KnownPeer): boolean =>
    whyNot(peer, now()) === undefined;

  return {
    get known() {
      return known;
    },
    async add(by, ...facts) {
      const drafts = facts.map(
        (fact) => ({ missionId: HUB_STREAM, by, ...fact }) satisfies Draft,
      );
      for (const event of await log.appendAll(drafts))
        known = withPeerEvent(known, event);
    },
    welcome(hubId) {
      const peer = known.peers.get(hubId);
      return peer !== undefined && isWelcome(peer) ? peer : undefined;
    },
    holder: (pin) =>
      [...known.peers.values()].find(
        (peer) => peer.pin === pin && isWelcome(peer),
      ),
  };
}
