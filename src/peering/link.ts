import type { LinkFrame, Scope } from "../protocol/peer.ts";

/** An open link to a pinned peer: both hellos are checked, frames are parsed. */
export interface PeerLink {
  readonly hubId: string;
  /** Frames sent after the end are dropped. */
  send(frame: LinkFrame): void;
  /** Bytes that wait to be sent. */
  waiting(): number;
  /** Of the last heartbeat, ms; undefined before the first. */
  latencyMs(): number | undefined;
  close(why: string): void;
}

/** Hears what happens on links. A listener that throws ends the link it was told of. */
export interface LinkListener {
  up(link: PeerLink): void;
  frame(link: PeerLink, frame: LinkFrame): void;
  down(link: PeerLink, why: string): void;
}

/** A hub that both people agreed on. */
export interface PinnedPeer {
  readonly hubId: string;
  readonly name: string;
  /** JWK as JSON. */
  readonly publicKey: string;
  readonly pin: string;
  /** What it may do here. */
  readonly scopes: readonly Scope[];
  readonly pairedAt: number;
}
