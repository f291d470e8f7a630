import { RoundtableError } from "../../core/errors.ts";
import type { RoomMachine, Sealed } from "../../core/peering/room.ts";
import type { Hash } from "../../ports.ts";
import type { HubIdentity } from "../../ports/peering.ts";
import {
  MAX_ENVELOPE,
  PeerEnvelope,
  type PeerBody,
} from "../../protocol/peer.ts";

/** Signs what this hub says at a place. Rejects with `peering-failed` when it is too long or does not fit its schema: no other hub would ever read on behind it. */
export async function seal(
  body: PeerBody,
  at: {
    readonly room: string;
    readonly place: ReturnType<RoomMachine["next"]>;
    readonly at: number;
    readonly identity: HubIdentity;
    readonly hash: Hash;
  },
): Promise<Sealed> {
  const parsed = PeerEnvelope.safeParse({
    v: 1,
    room: at.room,
    origin: at.identity.hubId,
    ...at.place,
    at: at.at,
    body,
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unsayable(
      `does not fit: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}`,
    );
  }
  const envelope = parsed.data;
  const jws = await at.identity.sign(JSON.stringify(envelope));
  if (jws.length > MAX_ENVELOPE)
    throw unsayable(
      `is too long: ${String(jws.length)} of at most ${String(MAX_ENVELOPE)} bytes`,
    );
  return { jws, hash: at.hash(jws), envelope };
}

function unsayable(why: string): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    `What was to be said to a peer ${why}.`,
    "Nothing was sent. Say it shorter, or in parts.",
  );
}
