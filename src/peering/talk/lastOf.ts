import type { PeerBody, PeerBodyOf } from "../../protocol/peer.ts";
import type { Room } from "../rooms.ts";

/** The last thing of a kind that an origin said in a room and that counts; undefined when there is none. */
export function lastOf<K extends PeerBody["kind"]>(
  room: Room,
  origin: string,
  kind: K,
): { readonly body: PeerBodyOf<K>; readonly seq: number } | undefined {
  const found = room
    .said()
    .findLast(
      ({ envelope }) =>
        envelope.origin === origin && envelope.body.kind === kind,
    );
  return (
    found && {
      // The comparison of kinds above is what the type says.
      body: found.envelope.body as PeerBodyOf<K>,
      seq: found.envelope.seq,
    }
  );
}
