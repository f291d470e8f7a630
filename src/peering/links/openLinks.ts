import { whyNot, type KnownPeer } from "../../core/peering/peers.ts";
import type { Clock, TextLog } from "../../ports.ts";
import type { Identities } from "../../ports/peering.ts";
import type { Scope } from "../../protocol/peer.ts";
import type { LinkListener } from "../link.ts";
import type { Book } from "./book.ts";
import type { Channel } from "./channel.ts";
import { hearHello, reasonOf, sayHello, type Speaker } from "./hello.ts";
import { openLink, type OpenLink } from "./openLink.ts";
import { peerRefused } from "./trouble.ts";
import { CLOSE, type Wire } from "./wire.ts";

const DAY_MS = 86_400_000;

/** What is known of a peer since this hub started. */
interface Told {
  theirs: readonly Scope[];
  /** ms since 1970. */
  heardAt?: number;
  problem?: string;
  isNoting?: boolean;
}

/** The open links, one to a peer at most. */
export interface OpenLinks {
  of(hubId: string): OpenLink | undefined;
  told(hubId: string): Told;
  /** Why there is no link, for people. */
  problem(hubId: string): string | undefined;
  /** Nothing is told of that hub any more. */
  forget(hubId: string): void;
  /** Both say hello on a wire whose certificate is the peer's, and from then on it is the link. Rejects with `peer-refused`, and with the signal's reason. */
  greet(
    peer: KnownPeer,
    over: {
      readonly wire: Wire;
      readonly channel: Channel;
      readonly isOurCall: boolean;
      readonly speaker: Speaker;
    },
    signal: AbortSignal,
  ): Promise<OpenLink>;
  on(listener: LinkListener): () => void;
  /** Destroys every socket of a hub, those on which hellos are still said too. */
  cut(hubId: string, why: string): void;
  /** Ends all, and lets none open any more. */
  close(why: string): void;
  /** Ends those that fit with a goodbye. */
  end(why: string, fits?: (link: OpenLink) => boolean): void;
}

/** Whether a link takes the place of one that is open: both ends decide alike, whatever order they see them in. Of two calls by one side the later counts, of two that cross that of the smaller id. */
export function replaces(
  ours: string,
  theirs: string,
  isOurCall: boolean,
  openIsOurCall: boolean,
): boolean {
  return isOurCall === openIsOurCall || isOurCall === ours < theirs;
}

/** No link is open. */
export function createOpenLinks(deps: {
  readonly book: Book;
  readonly clock: Clock;
  readonly mono: () => number;
  readonly textLog: TextLog;
  readonly identities: Identities;
  readonly changed: () => void;
}): OpenLinks {
  const { book, clock, mono, textLog, changed } = deps;
  const open = new Map<string, OpenLink>();
  const greeting = new Map<Wire, string>();
  const told = new Map<string, Told>();
  const listeners = new Set<LinkListener>();
  let isClosed = false;

  function toldBy(hubId: string): Told {
    const has = told.get(hubId) ?? { theirs: [] };
    told.set(hubId, has);
    return has;
  }

  function troubled(link: OpenLink, error: unknown): void {
    textLog.error(
      "A link was ended, because what came over it could not be taken.",
      {
        hubId: link.hubId,
        error:
          error instanceof Error
            ? (error.stack ?? error.message)
            : String(error),
      },
    );
  }

  /** Tells every listener; one that throws ends the link. */
  function tell(link: OpenLink, of: (listener: LinkListener) => void): void {
    for (const listener of listeners)
      try {
        of(listener);
      } catch (error) {
        troubled(link, error);
        link.close("it could not be taken here");
      }
  }

  function down(link: OpenLink, why: string): void {
    if (open.get(link.hubId) !== link) return;
    open.delete(link.hubId);
    toldBy(link.hubId).problem = why;
    textLog.info("The link to a teammate's hub has ended.", {
      hubId: link.hubId,
      why,
    });
    tell(link, (listener) => {
      listener.down(link, why);
    });
    changed();
  }

  function up(peer: KnownPeer, wire: Wire, isOurCall: boolean): OpenLink {
    const { hubId } = peer;
    const has = toldBy(hubId);
    delete has.problem;
    const link = openLink({
      hubId,
      wire,
      isOurCall,
      clock,
      mono,
      scopes: peer.scopes,
      onFrame: (from, frame) => {
        if (open.get(hubId) !== from) return;
        for (const listener of listeners) listener.frame(from, frame);
      },
      onScopes: (scopes) => {
        has.theirs = scopes;
        changed();
      },
      onHeard: () => {
        has.heardAt = clock.now();
        seen(hubId, has);
      },
      onLatency: changed,
      onTrouble: (error) => {
        troubled(link, error);
      },
    });
    open.set(hubId, link);
    void wire.ended.then((why) => {
      down(link, why);
    });
    textLog.info("A link to a teammate's hub is open.", { hubId, isOurCall });
    tell(link, (listener) => {
      listener.up(link);
    });
    changed();
    return link;
  }

  /** Notes that the pin is in use, once a day. */
  function seen(hubId: string, has: Told): void {
    const usedAt = book.known.peers.get(hubId)?.usedAt ?? Infinity;
    if (has.isNoting === true || clock.now() - usedAt < DAY_MS) return;
    has.isNoting = true;
    book.add("hub", { type: "PeerSeen", data: { hubId } }).then(
      () => {
        has.isNoting = false;
      },
      (error: unknown) => {
        // Tried again when the hub starts anew; the log itself tells what is wrong with it.
        textLog.warn("It was not noted that a teammate's hub was here.", {
          error: String(error),
        });
      },
    );
  }

  /** The one link: what is open gives way, or this one does. */
  function settle(
    peer: KnownPeer,
    wire: Wire,
    isOurCall: boolean,
    self: string,
  ): OpenLink {
    const before = open.get(peer.hubId);
    if (before !== undefined) {
      if (!replaces(self, peer.hubId, isOurCall, before.isOurCall)) {
        wire.close(CLOSE.done, "another link is open");
        return before;
      }
      before.close("another link took its place");
      down(before, "another link took its place");
    }
    return up(peer, wire, isOurCall);
  }

  function end(
    why: string,
    fits: (link: OpenLink) => boolean = () => true,
  ): void {
    for (const [wire] of greeting) wire.destroy(why);
    for (const link of [...open.values()].filter(fits)) {
      link.close(why);
      down(link, why);
    }
  }

  return {
    of: (hubId) => open.get(hubId),
    told: toldBy,
    problem(hubId) {
      if (open.has(hubId)) return undefined;
      const peer = book.known.peers.get(hubId);
      const lapsed = peer && whyNot(peer, clock.now());
      return lapsed ?? told.get(hubId)?.problem;
    },
    forget: (hubId) => {
      told.delete(hubId);
    },
    async greet(peer, { wire, channel, isOurCall, speaker }, signal) {
      greeting.set(wire, peer.hubId);
      try {
        wire.send(await sayHello(speaker, peer.hubId, channel));
        await hearHello(await wire.next(signal), {
          identities: deps.identities,
          speaker,
          channel,
          hubId: peer.hubId,
          publicKey: peer.publicKey,
        });
        // Meanwhile it may have been revoked, or paired anew with another key.
        const now = book.welcome(peer.hubId);
        if (now?.pin !== channel.pin || now.publicKey !== peer.publicKey)
          throw peerRefused("That hub is not known here any more.");
        if (isClosed || !wire.isOpen)
          throw peerRefused("The connection was lost.");
        return settle(now, wire, isOurCall, speaker.identity.hubId);
      } catch (error) {
        wire.close(CLOSE.refused, reasonOf(error));
        throw error;
      } finally {
        greeting.delete(wire);
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    cut(hubId, why) {
      for (const [wire, of] of greeting) if (of === hubId) wire.destroy(why);
      const link = open.get(hubId);
      link?.destroy(why);
      if (link !== undefined) down(link, why);
    },
    close(why) {
      isClosed = true;
      end(why);
    },
    end,
  };
}
