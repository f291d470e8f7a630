/** One hub's part in a room as a deterministic machine: no clock, no randomness, no I/O. The real hub and the simulator drive the same one. */
import type { Have, PeerEnvelope, TermFrame } from "../../protocol/peer.ts";

/** An envelope whose signature was checked, with the bytes that were signed. */
export interface Sealed {
  readonly jws: string;
  /** SHA-256 of `jws`, lower-case hex. */
  readonly hash: string;
  readonly envelope: PeerEnvelope;
}

/** Frames of a room between two hubs, envelopes opened. */
export type RoomFrame =
  | {
      readonly t: "have";
      readonly have: Have;
      readonly ask: boolean;
      /** Hash of the last of each origin; undefined where `have` tells only a part of what there is. */
      readonly heads?: Readonly<Record<string, string>> | undefined;
      /** Places from which an origin counts no more. */
      readonly forks?: Readonly<Record<string, number>> | undefined;
    }
  | { readonly t: "push"; readonly sealed: readonly Sealed[] }
  | { readonly t: "term"; readonly term: TermFrame };

/** What the machine is told. `mono` is a monotonic clock, ms: it never jumps, and starts anywhere. */
export type RoomInput =
  | { readonly kind: "tick"; readonly mono: number }
  | { readonly kind: "linked"; readonly peer: string; readonly mono: number }
  | { readonly kind: "unlinked"; readonly peer: string; readonly mono: number }
  | {
      readonly kind: "frame";
      readonly from: string;
      readonly frame: RoomFrame;
      readonly mono: number;
    }
  /** This hub says something; it is at the place `next()` told, and nothing was said in between. */
  | { readonly kind: "said"; readonly sealed: Sealed; readonly mono: number }
  /** The human moves the office of coordinator. */
  | { readonly kind: "handOver"; readonly to: string; readonly mono: number };

/** What follows, in order. Whatever is kept is on disk before anything after it is done. */
export type RoomEffect =
  | { readonly kind: "keepSaid"; readonly sealed: Sealed }
  | {
      readonly kind: "keepFork";
      readonly first: Sealed;
      readonly second: Sealed;
    }
  | {
      readonly kind: "keepVote";
      readonly term: number;
      readonly candidate: string | null;
    }
  | { readonly kind: "send"; readonly to: string; readonly frame: RoomFrame }
  /** Somebody coordinates from now on; undefined: nobody known. */
  | {
      readonly kind: "coordinator";
      readonly hubId: string | undefined;
      readonly term: number;
    }
  /** What came was not taken. */
  | {
      readonly kind: "refused";
      readonly from: string;
      readonly why:
        "stranger" | "stale" | "gap" | "chain" | "forked" | "duplicate";
    };

/** What disk holds of a room when it is opened. */
export interface RoomKept {
  readonly said: readonly Sealed[];
  readonly forks: readonly {
    readonly first: Sealed;
    readonly second: Sealed;
  }[];
  /** The last vote. */
  readonly vote: { readonly term: number; readonly candidate: string | null };
}

/** What a room runs under. */
export interface RoomRules {
  readonly self: string;
  /** Every hub of the room, its home first. */
  readonly members: readonly string[];
  /** Epoch of this hub's log; every epoch of it seen before is lower. */
  readonly epoch: number;
  /** Whether the office moves by election when its holder is gone; otherwise it stays with the home. */
  readonly elects: boolean;
  /** A coordinator that no majority heard for so long is none, ms. */
  readonly leaseMs: number;
  /** Time between renewals, ms. */
  readonly beatMs: number;
  /** 0 to 2^31 − 1: spreads who stands for election first. */
  readonly seed: number;
}

/** The machine. */
export interface RoomMachine {
  take(input: RoomInput): readonly RoomEffect[];
  /** Place of what this hub says next. */
  next(): {
    readonly epoch: number;
    readonly seq: number;
    readonly prev: string;
  };
  /** Whether this hub holds the office, and no other can at this moment: its lease runs, and it has everything its voters had. */
  mayCoordinate(mono: number): boolean;
  readonly term: number;
  readonly coordinator: string | undefined;
  /** Everything that counts, by origin (sorted) and place. */
  said(): readonly Sealed[];
  have(): Have;
  /** Origins that signed two things for one place, and where. */
  forked(): readonly { readonly origin: string; readonly seq: number }[];
  /** How many of the members have the envelope, this hub included, as far as known here. */
  heldBy(origin: string, seq: number): number;
}
