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
  const lies: readonly ((life: Life, sealed: Sealed) => void)[] = [
    // Something else for the same place.
    ({ at: hub }, { envelope: { origin, epoch, seq, prev, at, body } }) => {
      forge(hub, seal(origin, { epoch, seq, prev }, at, contrary(body)));
    },
    // The next place, as a process of long ago.
    (
      { at: hub },
      { hash: prev, envelope: { origin, epoch, seq, at, body } },
    ) => {
      if (epoch === 1) return;
      const next = { epoch: epoch - 1, seq: seq + 1, prev };
      forge(hub, seal(origin, next, at, contrary(body)));
    },
    // The next place, on nothing.
    ({ at: hub }, { envelope: { origin, epoch, seq, at, body } }) => {
      const next = { epoch, seq: seq + 1, prev: "" };
      forge(hub, seal(origin, next, at, contrary(body)));
    },
    // Its own agent a second time.
    (life, { envelope: { body } }) => {
      if (body.kind === "ballot") life.say(contrary(body));
    },
    // An agent of somebody else.
    (life, { envelope: { origin, body } }) => {
      if (body.kind !== "ballot") return;
      const agentId = body.ballot.agentId.replace(origin, chance.of(names));
      life.say(ballotOf(body.decisionId, agentId, "approve"));
    },
  ];
  // A forger is found out soon, and then nobody listens any more; so each liar has a habit.
  const habit = chance.of(lies);
  return {
    forge,
    lie(life, sealed) {
      if (chance.below(5) > 0) return;
      (chance.below(10) === 0 ? chance.of(lies) : habit)(life, sealed);
    },
  };
}
