import type { RoomFrame, Sealed } from "../../core/peering/room.ts";
import type { Clock, EventLog, Hash, TextLog } from "../../ports.ts";
import type { HubIdentity } from "../../ports/peering.ts";
import type { PeerLink } from "../link.ts";
import type { Room } from "../rooms.ts";

/** What a room is, from its opening on. */
export type RoomFacts = Pick<
  Room,
  "id" | "kind" | "home" | "title" | "members"
>;

/** What a room needs from its hub. */
export interface RoomPorts {
  readonly log: EventLog;
  readonly clock: Clock;
  /** A clock that never jumps, ms. */
  readonly mono: () => number;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly identity: HubIdentity;
  readonly seed: number;
  readonly link: (hubId: string) => PeerLink | undefined;
  /** Told of every envelope once it is on disk, our own too; `refused` says why it counts for nothing. */
  readonly kept: (
    room: Room,
    sealed: Sealed,
    refused: string | undefined,
  ) => void;
  /** Told what was not taken from whom, and why. */
  readonly notTaken: (room: Room, from: string, why: string) => void;
  readonly changed: () => void;
}

/** A room at work. */
export interface OpenRoom extends Room {
  /** The member is reachable from now on, or not any more. */
  linked(hubId: string): void;
  unlinked(hubId: string): void;
  /** Takes a frame of a member whose envelopes were checked; `refused` names those that count for nothing, and why. */
  frame(
    from: string,
    frame: RoomFrame,
    refused: ReadonlyMap<string, string>,
  ): void;
  tick(): void;
  /** Rooms that were joined later have a higher number. */
  readonly joined: number;
  /** Whether the envelope is here already. */
  holds(hash: string): boolean;
  count(): number;
  /** How many members have the envelope, as far as known. */
  heldBy(origin: string, seq: number): number;
  /** Bytes that came from each origin in the last day before the room was opened here. */
  readonly lately: ReadonlyMap<string, number>;
  /** Resolves when everything begun is on disk; nothing can be said afterwards. */
  close(): Promise<void>;
}
