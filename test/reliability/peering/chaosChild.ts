import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { roomDigest } from "../../../src/core/peering/digest.ts";
import type { Room } from "../../../src/peering/rooms.ts";
import { Pairing, Shared } from "../../../src/protocol/peers.ts";
import { Tables } from "../../peering/tables.ts";
import { ROOM, type Asked, type Told } from "./chaosWords.ts";

// A hub with its log, its identity and its sockets, in a process of its own that may be killed at any time: `chaosChild.ts NAME FOLDER LIFE`.
const [name = "", dir = "", life = ""] = process.argv.slice(2);
const table = await new Tables().open(name, { dir });
const { peering, self } = table;
let working: NodeJS.Timeout | undefined;
let said = 0;
const underWay = new Set<Promise<unknown>>();

function tell(told: Told): void {
  process.send?.(told);
}

function room(): Room {
  const found = peering.room(ROOM);
  if (found === undefined) throw new Error(`${name} is not in the room`);
  return found;
}

/** Says one thing; whoever started this process hears of it once it is on disk. */
async function say(): Promise<void> {
  said += 1;
  const text = `${name}.${life}.${String(said)}`;
  const agentId = "worker";
  await room().say({ kind: "partDone", partId: "p1", ok: true, agentId, text });
  tell({ kind: "stored", text });
}

async function work(everyMs: number): Promise<void> {
  clearInterval(working);
  if (everyMs > 0)
    working = setInterval(() => {
      // Where the room is not open yet, there is nothing to say.
      if (peering.room(ROOM) === undefined) return;
      const one = say().finally(() => underWay.delete(one));
      underWay.add(one);
    }, everyMs);
  else await Promise.all(underWay);
}

async function answer(asked: Asked): Promise<unknown> {
  const human = "human";
  switch (asked.kind) {
    case "share":
      return Shared.parse(await peering.ask("peers/share", {}, human));
    case "join": {
      const { invitation } = asked;
      return Pairing.parse(
        await peering.ask("peers/join", { invitation }, human),
      ).pairingId;
    }
    case "confirm": {
      const [hosted] = peering.shown().pairings;
      const pairingId = asked.pairingId ?? hosted?.pairingId;
      await peering.ask("peers/confirm", { pairingId, same: true }, human);
      return null;
    }
    case "connected":
      return peering
        .peers()
        .filter(({ hubId }) => peering.isConnected(hubId))
        .map(({ hubId }) => hubId);
    case "open":
      await peering.open({
        id: ROOM,
        kind: "job",
        opening: {
          kind: "roomOpened",
          room: "job",
          title: "Chaos",
          members: asked.members,
          electorate: [],
        },
      });
      return null;
    case "work":
      await work(asked.everyMs);
      return null;
    case "state": {
      const open = peering.room(ROOM);
      if (open === undefined) return undefined;
      return {
        digest: roomDigest(open.said(), open.forked(), sha256),
        count: open.said().length,
        forks: open.forked().length,
        term: open.coordinator()?.term ?? 0,
        mayCoordinate: open.mayCoordinate(),
      };
    }
    case "texts":
      return room()
        .said()
        .flatMap(({ envelope: { body } }) =>
          body.kind === "partDone" ? [body.text] : [],
        );
  }
}

process.on("message", (message) => {
  const { id, asked } = message as { id: number; asked: Asked };
  answer(asked).then(
    (result) => {
      tell({ kind: "answer", id, result });
    },
    (error: unknown) => {
      tell({ kind: "answer", id, problem: String(error) });
    },
  );
});
process.on("disconnect", () => {
  process.exit(0);
});
tell({ kind: "ready", hubId: self });
