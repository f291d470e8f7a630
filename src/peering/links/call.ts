import type { KnownPeer } from "../../core/peering/peers.ts";
import { PEER_ALPN } from "../../protocol/peerLink.ts";
import type { Book } from "./book.ts";
import { dial } from "./dial.ts";
import type { Speaker } from "./hello.ts";
import { STRANGER_MS } from "./limits.ts";
import type { OpenLink } from "./openLink.ts";
import type { OpenLinks } from "./openLinks.ts";
import { peerRefused, peerUnreachable } from "./trouble.ts";

/** Makes one call to a peer, at its addresses in turn, and resolves when the link has ended; a link that is open already counts as the call. Rejects with `peer-unreachable`, `peer-refused`, or the signal's reason. */
export function createCall(deps: {
  readonly book: Book;
  readonly links: OpenLinks;
  readonly speaker: () => Promise<Speaker>;
}): (hubId: string, signal: AbortSignal) => Promise<void> {
  const { book, links } = deps;

  async function callAt(
    peer: KnownPeer,
    { host, port }: KnownPeer["addresses"][number],
    signal: AbortSignal,
  ): Promise<OpenLink> {
    const speaker = await deps.speaker();
    const soon = AbortSignal.timeout(STRANGER_MS);
    const either = AbortSignal.any([signal, soon]);
    try {
      const call = {
        host,
        port,
        pin: peer.pin,
        identity: speaker.identity,
        protocol: PEER_ALPN,
        notLetIn: `${peer.name} does not let this hub in: it may have revoked it, or not know it any more.`,
      };
      const over = await dial(call, either);
      return await links.greet(
        peer,
        { ...over, speaker, isOurCall: true },
        either,
      );
    } catch (error) {
      if (soon.aborted && !signal.aborted)
        throw peerUnreachable(host, port, error);
      throw error;
    }
  }

  return async (hubId, signal) => {
    const peer = book.welcome(hubId);
    if (peer === undefined)
      throw peerRefused("That hub is not known here any more.");
    let link = links.of(hubId);
    let trouble: unknown = peerRefused("No address of that hub is known.");
    for (const address of peer.addresses) {
      if (link !== undefined) break;
      try {
        link = await callAt(peer, address, signal);
      } catch (error) {
        signal.throwIfAborted();
        trouble = error;
      }
    }
    if (link === undefined) throw trouble;
    await link.ended;
  };
}
