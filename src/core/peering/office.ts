/** Who coordinates a room: its home for ever, or whoever is elected. */
import type { TermFrame } from "../../protocol/peer.ts";
import type { Replication } from "./replicate.ts";
import type { RoomEffect, RoomKept, RoomRules } from "./room.ts";
import { createTerms } from "./terms.ts";

/** What the office needs of replication. */
export type RoomLinks = Pick<
  Replication,
  "chains" | "isLinked" | "links" | "ask"
>;

/** The part of a room's machine that knows who coordinates. */
export interface Office {
  tick(mono: number, out: RoomEffect[]): void;
  linked(hubId: string, mono: number, out: RoomEffect[]): void;
  frame(from: string, frame: TermFrame, mono: number, out: RoomEffect[]): void;
  handOver(to: string, mono: number, out: RoomEffect[]): void;
  mayCoordinate(mono: number): boolean;
  readonly term: number;
  readonly coordinator: string | undefined;
}

/** The office over the last vote on disk; `start` is the time this hub begins at. In a room that does not elect, its home holds it for ever. */
export function createOffice(
  rules: RoomRules,
  kept: RoomKept,
  start: number,
  room: RoomLinks,
): Office {
  const home = rules.members[0] ?? rules.self;
  return rules.elects
    ? createTerms(rules, kept, start, room)
    : {
        tick: () => undefined,
        linked: () => undefined,
        frame(from, _, __, out) {
          out.push({ kind: "refused", from, why: "stale" });
        },
        handOver: () => undefined,
        mayCoordinate: () => rules.self === home,
        term: 1,
        coordinator: home,
      };
}
