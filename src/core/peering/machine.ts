/** The machine of a room: replication and the office behind one door. */
import type { RoomEffect, RoomKept, RoomMachine, RoomRules } from "./room.ts";
import { createReplication } from "./replicate.ts";
import { createOffice } from "./office.ts";

/**
 * One hub's part in a room, over what disk holds of it; `mono` is the time it starts at, on the clock its inputs are told by. Every input is
 * answered at once, and equal inputs are answered equally. Throws `peering-failed` when what was kept is not in one piece, or when this hub
 * says something that is not at its place. An office that is handed over by who does not hold it, or to who is not linked, stays where it is.
 */
export function createRoomMachine(
  rules: RoomRules,
  kept: RoomKept,
  mono: number,
): RoomMachine {
  const replication = createReplication(rules, kept, mono);
  const { chains } = replication;
  const office = createOffice(rules, kept, mono, replication);
  let coordinator = office.coordinator;
  /** Who it was from the start is not told yet. */
  let isNew = coordinator !== undefined;
  replication.coordinatedBy(coordinator, mono, []);
  const self = chains.indexOf(rules.self);

  function follow(mono: number, out: RoomEffect[]): void {
    if (office.coordinator === coordinator) {
      const { term, coordinator: hubId } = office;
      if (isNew) out.push({ kind: "coordinator", hubId, term });
      isNew = false;
      return;
    }
    isNew = false;
    coordinator = office.coordinator;
    replication.coordinatedBy(coordinator, mono, out);
  }

  return {
    take(input) {
      const out: RoomEffect[] = [];
      const { mono } = input;
      switch (input.kind) {
        case "tick":
          replication.tick(mono, out);
          office.tick(mono, out);
          break;
        case "linked":
          replication.linked(input.peer, mono, out);
          office.linked(input.peer, mono, out);
          break;
        case "unlinked":
          replication.unlinked(input.peer);
          break;
        case "frame":
          if (input.frame.t === "term")
            office.frame(input.from, input.frame.term, mono, out);
          else replication.frame(input.from, input.frame, mono, out);
          break;
        case "said":
          replication.say(input.sealed, mono, out);
          break;
        case "handOver":
          office.handOver(input.to, mono, out);
      }
      follow(mono, out);
      return out;
    },
    next() {
      const seq = self === undefined ? 0 : chains.count(self);
      const last = self === undefined ? undefined : chains.at(self, seq);
      return {
        epoch: Math.max(rules.epoch, last?.envelope.epoch ?? 0),
        seq: seq + 1,
        prev: last?.hash ?? "",
      };
    },
    mayCoordinate: (mono) => office.mayCoordinate(mono),
    get term() {
      return office.term;
    },
    get coordinator() {
      return office.coordinator;
    },
    said: () => chains.said(),
    have: () => chains.have(),
    forked: () =>
      Object.entries(chains.forks() ?? {})
        .map(([origin, seq]) => ({ origin, seq }))
        .toSorted((a, b) => (a.origin < b.origin ? -1 : 1)),
    heldBy: (origin, seq) => replication.heldBy(origin, seq),
  };
}
