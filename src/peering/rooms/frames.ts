import type { RoomFrame } from "../../core/peering/room.ts";
import type { OfRoom } from "./directory.ts";

/** A frame of a room as it goes over a link; the machine keeps each short enough for one. */
export function toLink(room: string, frame: RoomFrame): OfRoom {
  switch (frame.t) {
    case "have":
    case "term":
      return { ...frame, room };
    case "push":
      return { t: "push", room, sealed: frame.sealed.map(({ jws }) => jws) };
  }
}

/** A frame without envelopes as the room's machine takes it. */
export function toMachine(frame: Exclude<OfRoom, { t: "push" }>): RoomFrame {
  const { room: _, ...rest } = frame;
  return rest;
}
