import type { RoomEffect, Sealed } from "../../core/peering/room.ts";
import { RoundtableError } from "../../core/errors.ts";
import type { EventLog } from "../../ports.ts";
import type { Draft } from "../../protocol/event.ts";

/** An effect that is on disk before anything else follows. */
export type Keep = Extract<
  RoomEffect,
  { kind: "keepSaid" | "keepFork" | "keepVote" }
>;

/** The key under which the one envelope of a place is stored, for ever. */
export function saidKey(origin: string, seq: number): string {
  return `said:${origin}:${String(seq)}`;
}

/** Who is named as the author of an event that another hub brought about. */
export function authorOf(hubId: string): string {
  return `peer:${hubId}`;
}

/** Stores all of it in one commit. Rejects when the disk has something else at a place already: then nothing that follows may be done. */
export async function storeKeeps(
  log: EventLog,
  room: string,
  self: string,
  keeps: readonly Keep[],
  refused: ReadonlyMap<string, string>,
): Promise<void> {
  const stored = await log.appendAll(
    keeps.map((keep) => draftOf(room, self, keep, refused)),
  );
  for (const [at, keep] of keeps.entries()) {
    const event = stored[at];
    if (keep.kind !== "keepSaid" || event?.type !== "PeerSaid") continue;
    if (event.data.hash !== keep.sealed.hash)
      throw otherAtPlace(room, keep.sealed);
  }
}

function draftOf(
  room: string,
  self: string,
  keep: Keep,
  refused: ReadonlyMap<string, string>,
): Draft {
  switch (keep.kind) {
    case "keepSaid": {
      const { jws, hash, envelope } = keep.sealed;
      const { origin, epoch, seq } = envelope;
      const why = refused.get(hash);
      return {
        missionId: room,
        type: "PeerSaid",
        data: {
          ...{ room, origin, epoch, seq, hash, jws },
          ...(why !== undefined && { refused: why }),
        },
        by: origin === self ? "hub" : authorOf(origin),
        key: saidKey(origin, seq),
      };
    }
    case "keepFork": {
      const { first, second } = keep;
      const { origin, seq } = first.envelope;
      return {
        missionId: room,
        type: "PeerForked",
        data: { room, origin, seq, first: first.jws, second: second.jws },
        by: authorOf(origin),
        key: `forked:${origin}:${String(seq)}`,
      };
    }
    case "keepVote": {
      const { term, candidate } = keep;
      return {
        missionId: room,
        type: "TermVoted",
        data: { room, term, candidate },
        by: "hub",
      };
    }
  }
}

function otherAtPlace(room: string, { envelope }: Sealed): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    `In the room ${room} the disk holds something else at place ${String(envelope.seq)} of ${envelope.origin}.`,
    "The room is read again from the disk; nothing was sent.",
  );
}
