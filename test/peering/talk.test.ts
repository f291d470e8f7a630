import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PeerMessageOutcome } from "../../src/protocol/peers.ts";
import { once, pair, Tables, type Table } from "./tables.ts";

async function message(
  from: Table,
  to: Table,
  text: string,
  more: object = {},
): Promise<PeerMessageOutcome> {
  const request = { hubId: to.self, to: "worker", text, ...more };
  return PeerMessageOutcome.parse(
    await from.peering.ask("peers/message", request, "human"),
  );
}

describe("what two hubs say to each other", () => {
  it("agents are shown to a peer, and answer its messages both ways", async () => {
    await using tables = new Tables();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    await pair(ada, ben);
    const [seen] = await once([ada, ben], () => {
      const [peer] = ben.peering.shown().peers;
      return peer?.agents.length === 1 && peer.agents;
    });
    assert.equal(seen?.agentId, "worker");

    const there = await message(ben, ada, "echo over there");
    assert.equal(there.state, "done");
    assert.deepEqual(there.task?.artifacts?.[0]?.parts[0], {
      text: "over there",
    });
    const here = await message(ada, ben, "echo over here");
    assert.equal(here.state, "done");
    assert.equal(ada.worker.executed.length, 1);
  });
});
