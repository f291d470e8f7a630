import type { Sealed } from "../../../src/core/peering/room.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";
import type { Seeded } from "../seeded.ts";
import type { Life } from "./life.ts";
import type { Network } from "./network.ts";
import { seal } from "./seal.ts";
import { ballotOf } from "./work.ts";

/** Lies of a hub, told beside what its machine says. */
export interface Liar {
  /** It has said something; now it may lie. */
  lie(life: Life, sealed: Sealed): void;
  /** Puts on the wire what was never stored. */
  forge(at: number, sealed: Sealed): void;
}

/** The same, but the other way round. */
function contrary(body: PeerBody): PeerBody {
  if (body.kind === "ballot") {
    const { agentId, verdict } = body.ballot;
    const other = verdict === "approve" ? "block" : "approve";
    return ballotOf(body.decisionId, agentId, other);
  }
  return { kind: "partDone", partId: "p1", ok: false, agentId: "x", text: "" };
}

export function createLiar(
  names: readonly string[],
  network: Network,
  chance: Seeded,
): Liar {
  const forge = (at: number, sealed: Sealed): void => {
    for (let to = 0; to < names.length; to += 1)
      if (to !== at && chance.below(2) === 0)
        network.forge(at, to, { t: "push", sealed: [sealed] });
  };
  return {
    forge,
    lie(life, { hash, envelope }) {
      const { origin, epoch, seq, prev, at, body } = envelope;
      const kind = chance.below(16);
      if (kind < 2)
        forge(life.at, seal(origin, { epoch, seq, prev }, at, contrary(body)));
      else if (kind === 2 && epoch > 1)
        forge(
          life.at,
          seal(
            origin,
            { epoch: epoch - 1, seq: seq + 1, prev: hash },
            at,
            contrary(body),
          ),
        );
      else if (kind === 3)
        forge(
          life.at,
          seal(origin, { epoch, seq: seq + 1, prev: "" }, at, contrary(body)),
        );
      else if (kind < 8 && body.kind === "ballot") {
        const { agentId } = body.ballot;
        // Its own agent a second time, or an agent of somebody else.
        if (kind < 6) life.say(contrary(body));
        else
          life.say(
            ballotOf(
              body.decisionId,
              agentId.replace(origin, chance.of(names)),
              "approve",
            ),
          );
      }
    },
  };
}
