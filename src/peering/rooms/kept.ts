import type { RoomKept, Sealed } from "../../core/peering/room.ts";
import { RoundtableError } from "../../core/errors.ts";
import type { EventLog, Hash } from "../../ports.ts";
import type { EventType } from "../../protocol/event.ts";
import type { PeerEnvelope } from "../../protocol/peer.ts";

const OF_A_ROOM: readonly EventType[] = ["PeerSaid", "PeerForked", "TermVoted"];
const PAGE = 1000;

/** What disk holds of a room, and what of it counts for nothing. */
export interface KeptRoom extends RoomKept {
  /** Hashes of envelopes whose origin had no scope for them when they came. */
  readonly refused: ReadonlySet<string>;
  /** What each origin sent in the last day: bytes, by hub id. */
  readonly lately: ReadonlyMap<string, number>;
}

/** The payload of a JWS in compact form as it stands there; nothing is checked. Undefined where it is no such JWS. */
export function payloadOf(jws: string): string | undefined {
  const [, payload, signature, ...more] = jws.split(".");
  if (payload === undefined || signature === undefined || more.length > 0)
    return undefined;
  return Buffer.from(payload, "base64url").toString("utf8");
}

function reopened(jws: string, hash: string): Sealed {
  const text = payloadOf(jws);
  if (text === undefined)
    throw new RoundtableError(
      "peering-failed",
      "The log holds something as a peer's envelope that is none.",
      "Nothing was changed; check the log with `roundtable log check`.",
    );
  // It was checked before it was stored, and the log is chained by hashes.
  return { jws, hash, envelope: JSON.parse(text) as PeerEnvelope };
}

/** Reads a room from the log; `since` is the time, ms since 1970, from which on what came counts as of the last day. */
export function readKept(
  log: EventLog,
  hash: Hash,
  room: string,
  since: number,
): KeptRoom {
  const said: Sealed[] = [];
  const forks: { first: Sealed; second: Sealed }[] = [];
  const refused = new Set<string>();
  const lately = new Map<string, number>();
  let vote: RoomKept["vote"] = { term: 0, candidate: null };
  for (let after = 0; ;) {
    const page = log.read({
      missionId: room,
      types: OF_A_ROOM,
      after,
      limit: PAGE,
    });
    for (const event of page) {
      after = event.seq;
      if (event.type === "PeerSaid") {
        const { data } = event;
        said.push(reopened(data.jws, data.hash));
        if (data.refused !== undefined) refused.add(data.hash);
        if (event.at >= since)
          lately.set(
            data.origin,
            (lately.get(data.origin) ?? 0) + data.jws.length,
          );
      } else if (event.type === "PeerForked") {
        const { first, second } = event.data;
        forks.push({
          first: reopened(first, hash(first)),
          second: reopened(second, hash(second)),
        });
      } else if (event.type === "TermVoted") {
        const { term, candidate } = event.data;
        vote = { term, candidate };
      }
    }
    if (page.length < PAGE) return { said, forks, vote, refused, lately };
  }
}
