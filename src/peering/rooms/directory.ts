import { RoundtableError } from "../../core/errors.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { LinkFrame, PeerBodyOf } from "../../protocol/peer.ts";
import type { PeerLink } from "../link.ts";
import { openRoom } from "./openRoom.ts";
import type { OpenRoom, RoomFacts, RoomPorts } from "./roomAtWork.ts";

/** Rooms of one home that are open here at once. */
const MAX_OF_ONE_HOME = 64;
/** Time between two looks at what is due, ms, with somebody connected and without. */
const TICK_MS = { busy: 100, quiet: 500 };
const PAIR = "pair-";

/** A frame that belongs to a room. */
export type OfRoom = Extract<LinkFrame, { t: "have" | "push" | "term" }>;

/** All rooms this hub takes part in. */
export interface Directory {
  all(): readonly OpenRoom[];
  get(id: string): OpenRoom | undefined;
  /** Joins a room, once: on disk before anything is said in it. Rejects with `peering-failed` when the name is taken by something else. */
  join(facts: RoomFacts): Promise<OpenRoom>;
  /** Why the room of an opening that a peer signed cannot be joined here; undefined when it can. */
  unwelcome(
    id: string,
    home: string,
    opening: PeerBodyOf<"roomOpened">,
    self: string,
  ): string | undefined;
  hasLeft(id: string): boolean;
  /** Whether the name belongs to no room and to nothing else here. */
  isFree(id: string): boolean;
  linked(link: PeerLink): void;
  unlinked(hubId: string): void;
  /** The room is not opened again after a restart. */
  leave(id: string, why: string): Promise<void>;
  /** Called when a room was joined; returns the way to stop. */
  onRoom(listener: (room: OpenRoom) => void): () => void;
  close(): Promise<void>;
}

/** Opens the rooms the log knows of. */
export function openDirectory(ports: RoomPorts): Directory {
  const { log, clock } = ports;
  const rooms = new Map<string, OpenRoom>();
  const left = new Set<string>();
  const joining = new Map<string, Promise<OpenRoom>>();
  const listeners = new Set<(room: OpenRoom) => void>();
  const connected = new Set<string>();
  const closing = new AbortController();
  let joins = 0;

  for (const facts of joined())
    try {
      add(facts);
    } catch (error) {
      ports.textLog.error("A room of peers could not be opened.", {
        room: facts.id,
        why: String(error),
      });
    }
  void tickOn();

  function joined(): readonly RoomFacts[] {
    const found = new Map<string, RoomFacts>();
    for (let after = 0; ;) {
      const page = log.read({
        missionId: HUB_STREAM,
        types: ["RoomJoined", "RoomLeft"],
        after,
      });
      for (const event of page) {
        after = event.seq;
        if (event.type === "RoomLeft") {
          found.delete(event.data.room);
          left.add(event.data.room);
        } else if (event.type === "RoomJoined") {
          const { room: id, ...facts } = event.data;
          found.set(id, { id, ...facts });
        }
      }
      if (page.length === 0) return [...found.values()];
    }
  }

  async function tickOn(): Promise<void> {
    for (;;) {
      // Aborted means that the hub closes.
      const wait = connected.size > 0 ? TICK_MS.busy : TICK_MS.quiet;
      const goesOn = await clock.after(wait, closing.signal).then(
        () => true,
        () => false,
      );
      if (!goesOn) return;
      for (const room of rooms.values())
        // One that was left answers as long as it is asked, and begins nothing any more: no election, no renewal.
        if (!left.has(room.id) && (room.kind === "job" || reachable(room)))
          room.tick();
    }
  }

  function reachable({ members }: OpenRoom): boolean {
    return members.some(({ hubId }) => connected.has(hubId));
  }

  function add(facts: RoomFacts): OpenRoom {
    const room = openRoom(facts, ports, (joins += 1));
    rooms.set(facts.id, room);
    return room;
  }

  function isFree(id: string): boolean {
    return (
      id !== HUB_STREAM &&
      !rooms.has(id) &&
      !left.has(id) &&
      log.read({ missionId: id, limit: 1 }).length === 0
    );
  }

  async function joinNew(facts: RoomFacts): Promise<OpenRoom> {
    const { id, kind, home, title } = facts;
    if (left.has(id) || id === HUB_STREAM)
      throw new RoundtableError(
        "peering-failed",
        `The room ${id} has been left, or its name belongs to something else.`,
        "Nothing was changed; open another one.",
      );
    const members = facts.members.map(({ hubId, name }) => ({ hubId, name }));
    await log.append({
      missionId: HUB_STREAM,
      type: "RoomJoined",
      data: { room: id, kind, home, title, members },
      by: "hub",
      key: `room:${id}`,
    });
    closing.signal.throwIfAborted();
    const room = add(facts);
    for (const { hubId } of members)
      if (connected.has(hubId)) room.linked(hubId);
    for (const listener of [...listeners]) listener(room);
    ports.changed();
    return room;
  }

  return {
    all: () => [...rooms.values()],
    get: (id) => rooms.get(id),
    async join(facts) {
      const { id } = facts;
      const known = rooms.get(id) ?? joining.get(id);
      if (known !== undefined) return known;
      const under = joinNew(facts).finally(() => joining.delete(id));
      joining.set(id, under);
      return under;
    },
    unwelcome(id, home, { members }, self) {
      if (members[0]?.hubId !== home) return "only its home opens a room";
      if (!members.some(({ hubId }) => hubId === self))
        return "this hub is no member of the room";
      if (new Set(members.map(({ hubId }) => hubId)).size < members.length)
        return "a member is named twice";
      if (id.startsWith(PAIR) || !isFree(id))
        return "the name of the room is taken here";
      const open = [...rooms.values()].filter(
        (room) =>
          room.home === home && room.kind !== "pair" && !left.has(room.id),
      );
      return open.length >= MAX_OF_ONE_HOME
        ? `it has ${String(MAX_OF_ONE_HOME)} rooms open here already`
        : undefined;
    },
    hasLeft: (id) => left.has(id),
    isFree,
    linked({ hubId }) {
      connected.add(hubId);
      for (const room of rooms.values())
        if (room.members.some((member) => member.hubId === hubId))
          room.linked(hubId);
    },
    unlinked(hubId) {
      if (!connected.delete(hubId)) return;
      for (const room of rooms.values())
        if (room.members.some((member) => member.hubId === hubId))
          room.unlinked(hubId);
    },
    async leave(id, why) {
      if (left.has(id) || !rooms.has(id)) return;
      left.add(id);
      await log.append({
        missionId: HUB_STREAM,
        type: "RoomLeft",
        data: { room: id, why },
        by: "hub",
        key: `left:${id}`,
      });
    },
    onRoom(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await Promise.allSettled(joining.values());
      await Promise.all([...rooms.values()].map((room) => room.close()));
    },
  };
}
