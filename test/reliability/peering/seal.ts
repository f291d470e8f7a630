import type { Sealed } from "../../../src/core/peering/room.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";
import { numberOf } from "./trace.ts";

/** Where an origin says something. */
interface Place {
  readonly epoch: number;
  readonly seq: number;
  readonly prev: string;
}

const ROOM = "job-simulated";

/** An envelope as if it were signed, with a cheap hash: who it is from is for the link and the real hub to check. `at` is by the origin's clock on the wall, ms. */
export function seal(
  origin: string,
  { epoch, seq, prev }: Place,
  at: number,
  body: PeerBody,
): Sealed {
  const what = `${prev} ${String(at)} ${JSON.stringify(body)}`;
  return {
    jws: "",
    hash: `${origin}.${String(epoch)}.${String(seq)}.${numberOf(what).toString(16)}`,
    envelope: { v: 1, room: ROOM, origin, epoch, seq, prev, at, body },
  };
}
