/** What `chaosChild.ts` and who started it say to each other. */
import type { PeerBodyOf } from "../../../src/protocol/peer.ts";

/** The room that all of them speak in. */
export const ROOM = "job-chaos";

/** Asked of a hub. */
export type Asked =
  | { readonly kind: "share" }
  | { readonly kind: "join"; readonly invitation: string }
  /** Without an id: the one that waits there. */
  | { readonly kind: "confirm"; readonly pairingId?: string }
  /** Ids of the peers it has a link to. */
  | { readonly kind: "connected" }
  | {
      readonly kind: "open";
      readonly members: PeerBodyOf<"roomOpened">["members"];
    }
  /** Says something every so many ms; 0: no more, and answers when all of it is stored. */
  | { readonly kind: "work"; readonly everyMs: number }
  | { readonly kind: "state" }
  | { readonly kind: "texts" };

/** Told by a hub. */
export type Told =
  | { readonly kind: "ready"; readonly hubId: string }
  /** It said this, and it is on its disk. */
  | { readonly kind: "stored"; readonly text: string }
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly result?: unknown;
      readonly problem?: string;
    };

/** How the room looks from a hub; undefined where it is not open yet. */
export interface State {
  readonly digest: string;
  readonly count: number;
  readonly forks: number;
  readonly term: number;
  readonly mayCoordinate: boolean;
}
