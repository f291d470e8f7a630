import type {
  EventLog,
  Chance,
  Clock,
  Hash,
  Lifetime,
  TextLog,
} from "../../ports.ts";
import type { HubIdentity, Identities } from "../../ports/peering.ts";
import type { Scope } from "../../protocol/peer.ts";
import type {
  JoinHub,
  Pairing,
  Shared,
  ShareHub,
} from "../../protocol/peers.ts";
import type { LinkListener, PeerLink, PinnedPeer } from "../link.ts";

/** What links are made of. */
export interface LinksDeps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly identities: Identities;
  /** What this hub calls itself now. */
  readonly name: () => string;
  /** Version of the program, for people. */
  readonly version: string;
  /** `publisher.name` of the extension that opens the link of an invitation. */
  readonly extension: string;
  /** A clock that never jumps, ms; `performance.now` when left out. */
  readonly mono?: () => number;
}

/** Who this hub knows, and its links to them. Nothing listens and nothing is called before somebody shared, joined, or did so before the last restart. */
export interface Links extends Lifetime {
  /** Opens the listener again if it was open last, and calls the peers that this hub calls. Does not wait for either; what goes wrong is in the text log and tried again. */
  start(): Promise<void>;
  /** Opens the listener if need be, and makes an invitation. Rejects with `bad-settings` for an address that is none of this machine's, with `peering-failed` when it cannot listen there. */
  share(request: ShareHub): Promise<Shared>;
  withdraw(invitationId: string): Promise<void>;
  /** Closes the listener, withdraws every invitation, and ends the links that came in through it. */
  stopSharing(): Promise<void>;
  /** Takes an invitation up to the point where both people compare words. Rejects with `bad-invitation`, `peer-unreachable`, or `peer-refused`. */
  join(request: JoinHub, signal: AbortSignal): Promise<Pairing>;
  /** Pairings that wait for a person at either end. */
  pairings(): readonly Pairing[];
  /** The answer of the person here; resolves when it is on its way, or, when it was the last that was missing, once the peer is kept. Rejects with `peering-failed` when that pairing has ended, and says how. */
  confirm(pairingId: string, same: boolean): Promise<void>;
  /** Invitations that are still good. */
  invitations(): readonly {
    readonly invitationId: string;
    readonly scopes: readonly Scope[];
    readonly expiresAt: number;
  }[];
  listening(): { readonly host: string; readonly port: number } | undefined;
  peers(): readonly (PinnedPeer & { readonly revoked: boolean })[];
  /** On disk and told to the peer when it resolves. Rejects with `peer-refused` for a stranger. */
  setScopes(hubId: string, scopes: readonly Scope[]): Promise<void>;
  /** From when it resolves, nothing of that hub is heard: it is on disk, and every socket of it is destroyed. `by`: who did it. */
  revoke(hubId: string, by: string): Promise<void>;
  /** Revokes it if it is not yet, and lists it no longer. */
  forget(hubId: string): Promise<void>;
  /** The open link to a peer. */
  link(hubId: string): PeerLink | undefined;
  /** What we may do at a peer, as it told last; empty before it told since this hub started. */
  theirs(hubId: string): readonly Scope[];
  /** When something last came from it since this hub started, ms since 1970. */
  heardAt(hubId: string): number | undefined;
  /** Why there is no link to it, for people. */
  problem(hubId: string): string | undefined;
  /** Hears every link from now on. Returns the way to stop. */
  on(listener: LinkListener): () => void;
  /** Called when anything of the above changed, at most once per turn of the event loop. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** This hub's identity, made when first asked for; from then on this log speaks for it. */
  own(): Promise<HubIdentity>;
}
