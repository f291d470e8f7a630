import type { Recorded } from "../../protocol/event.ts";
import type { Scope } from "../../protocol/peer.ts";

/** Wrong secrets after which every open invitation is burned. */
export const MAX_WRONG_SECRETS = 5;
/** A pin that was not used for so long is no longer good, ms. */
const UNUSED_MS = 30 * 86_400_000;

/** A hub that both people agreed on, as the log knows it. */
export interface KnownPeer {
  readonly hubId: string;
  readonly name: string;
  /** JWK as JSON. */
  readonly publicKey: string;
  readonly pin: string;
  readonly addresses: readonly {
    readonly host: string;
    readonly port: number;
  }[];
  /** Whether this hub calls it. */
  readonly dials: boolean;
  /** What it may do here. */
  readonly scopes: readonly Scope[];
  readonly pairedAt: number;
  /** When a link to it last opened, to the day; never before `pairedAt`. */
  readonly usedAt: number;
  readonly revoked: boolean;
}

/** An invitation that was not used, withdrawn or burned; its time may be over. */
export interface OpenInvitation {
  readonly invitationId: string;
  /** SHA-256 of the secret, lower-case hex. */
  readonly digest: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number;
}

/** What the facts say about other hubs. */
export interface PeersKnown {
  /** Ids of hubs this log speaks for. */
  readonly own: ReadonlySet<string>;
  readonly peers: ReadonlyMap<string, KnownPeer>;
  readonly invitations: ReadonlyMap<string, OpenInvitation>;
  /** Wrong secrets since an invitation was last opened while there was none. */
  readonly wrongSecrets: number;
  /** Where teammates are listened for; undefined while they are not. */
  readonly sharing:
    { readonly host: string; readonly port: number } | undefined;
  /** The same when it last was, closed or not. */
  readonly lastShared:
    { readonly host: string; readonly port: number } | undefined;
}

/** Types of the events that {@link withPeerEvent} takes in. */
export const PEER_LINK_EVENTS = [
  "HubIdentified",
  "SharingOpened",
  "SharingClosed",
  "InvitationMade",
  "InvitationTried",
  "InvitationEnded",
  "PeerPaired",
  "PeerScopesChanged",
  "PeerSeen",
  "PeerRevoked",
  "PeerForgotten",
] as const;

/** Nothing known. */
export const noPeers: PeersKnown = {
  own: new Set(),
  peers: new Map(),
  invitations: new Map(),
  wrongSecrets: 0,
  sharing: undefined,
  lastShared: undefined,
};

/** What is known after one more event; events of other types change nothing. */
export function withPeerEvent(known: PeersKnown, event: Recorded): PeersKnown {
  switch (event.type) {
    case "HubIdentified":
      return { ...known, own: new Set([...known.own, event.data.hubId]) };
    case "SharingOpened":
      return { ...known, sharing: event.data, lastShared: event.data };
    case "SharingClosed":
      return { ...known, sharing: undefined };
    case "InvitationMade": {
      const { invitationId, digest, scopes, expiresAt } = event.data;
      const made = { invitationId, digest, scopes, expiresAt };
      return {
        ...known,
        wrongSecrets: known.invitations.size === 0 ? 0 : known.wrongSecrets,
        invitations: new Map([...known.invitations, [invitationId, made]]),
      };
    }
    case "InvitationTried":
      return { ...known, wrongSecrets: known.wrongSecrets + 1 };
    case "InvitationEnded":
      return {
        ...known,
        invitations: without(known.invitations, event.data.invitationId),
      };
    case "PeerPaired":
      return withPeer(known, {
        ...event.data,
        pairedAt: event.at,
        usedAt: event.at,
        revoked: false,
      });
    case "PeerScopesChanged":
      return changed(known, event.data.hubId, { scopes: event.data.scopes });
    case "PeerSeen":
      return changed(known, event.data.hubId, { usedAt: event.at });
    case "PeerRevoked":
      return changed(known, event.data.hubId, { revoked: true });
    case "PeerForgotten":
      return { ...known, peers: without(known.peers, event.data.hubId) };
    default:
      return known;
  }
}

function without<V>(
  map: ReadonlyMap<string, V>,
  key: string,
): ReadonlyMap<string, V> {
  return new Map([...map].filter(([at]) => at !== key));
}

function withPeer(known: PeersKnown, peer: KnownPeer): PeersKnown {
  return { ...known, peers: new Map([...known.peers, [peer.hubId, peer]]) };
}

function changed(
  known: PeersKnown,
  hubId: string,
  change: Partial<KnownPeer>,
): PeersKnown {
  const peer = known.peers.get(hubId);
  return peer === undefined ? known : withPeer(known, { ...peer, ...change });
}

/** Why a link to that peer may not be open at `now` (ms since 1970); undefined when it may. */
export function whyNot(peer: KnownPeer, now: number): string | undefined {
  if (peer.revoked) return "it was revoked";
  return now - peer.usedAt > UNUSED_MS
    ? "it was not connected for 30 days, so its pin is no longer good; pair again"
    : undefined;
}
