import type { Sealed } from "../core/peering/room.ts";
import type { LinkFrame, PeerBody, RoomKind } from "../protocol/peer.ts";
import type { PeersShown } from "../protocol/peers.ts";
import type { PinnedPeer } from "./link.ts";

/** A room this hub takes part in: what is said in it is on disk here before anybody hears of it, and reaches every member that comes back. */
export interface Room {
  readonly id: string;
  readonly kind: RoomKind;
  readonly home: string;
  readonly title: string;
  readonly members: readonly {
    readonly hubId: string;
    readonly name: string;
  }[];
  /** Signs and stores, then sends; resolves once it is stored. Rejects with `peering-failed` when it is too long or the room is closed. */
  say(body: PeerBody): Promise<Sealed>;
  /** Everything that counts so far, by origin and place. */
  said(): readonly Sealed[];
  /** Origins whose word no longer counts, because they signed two things for one place. */
  forked(): readonly { readonly origin: string; readonly seq: number }[];
  coordinator(): { readonly hubId: string; readonly term: number } | undefined;
  /** Whether this hub may act as coordinator at this moment. */
  mayCoordinate(): boolean;
  handOver(to: string): Promise<void>;
  /** Called for every envelope once it is on disk here, our own too, in the order they came. Returns the way to stop. */
  onSaid(listener: (sealed: Sealed) => void): () => void;
  /** Called when the coordinator changed, and when this hub may begin or must stop to act as such. */
  onCoordinator(listener: () => void): () => void;
}

/** What happens in any room: something new came from another hub, checked and allowed by the scopes it has. */
export interface Heard {
  readonly room: Room;
  readonly from: string;
  readonly body: PeerBody;
  readonly sealed: Sealed;
}

/** Does what one method asks; `by` names who. */
export type PeeringMethod = (params: unknown, by: string) => Promise<unknown>;

/** Hubs at one table, as the parts of peering see it. */
export interface PeeringTable {
  /** This hub's id; rejects with `peering-failed` when there is no identity. */
  self(): Promise<string>;
  peers(): readonly PinnedPeer[];
  isConnected(hubId: string): boolean;
  /** What we may do at a peer, as it told last. */
  theirs(hubId: string): readonly string[];
  /** The room with one peer; rejects with `peer-refused` for a stranger. */
  pair(hubId: string): Promise<Room>;
  /** Opens a room with this hub as its home; every other member is a pinned peer. */
  open(options: {
    readonly id: string;
    readonly kind: "mission" | "job";
    readonly opening: Extract<PeerBody, { kind: "roomOpened" }>;
  }): Promise<Room>;
  room(id: string): Room | undefined;
  rooms(): readonly Room[];
  /** Hears what comes from other hubs, from the moment of the call on, after a restart from where the log ends. Returns the way to stop. */
  onHeard(listener: (heard: Heard) => void): () => void;
  /** Called when a room was joined, by us or because its home opened it. */
  onRoom(listener: (room: Room) => void): () => void;
  /** Called when anything people see of peering changed. */
  onChange(listener: () => void): () => void;
  /** Tells that something people see changed. */
  changed(): void;
  /** Adds methods `peers/…`; a name is added once. */
  answers(methods: Readonly<Record<string, PeeringMethod>>): void;
  /** Adds lines to what `peers/list` shows; a room's line replaces the plain one. Read whenever somebody looks. */
  shows(lines: () => Partial<Pick<PeersShown, "rooms" | "tasks">>): void;
  /** Sends a piece of a file, or asks for one; false when the peer is not connected. */
  sendBlob(hubId: string, frame: BlobFrame): boolean;
  /** Hears such frames of connected peers. Returns the way to stop. */
  onBlob(listener: (hubId: string, frame: BlobFrame) => void): () => void;
  /** Called when a peer's link opened or ended. Returns the way to stop. */
  onLink(listener: (hubId: string, isUp: boolean) => void): () => void;
}

/** Frames that are no envelopes: pieces of files. */
export type BlobFrame = Extract<LinkFrame, { t: "blobAsked" | "blob" }>;
