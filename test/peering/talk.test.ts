import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createRpcPeer } from "../../src/core/rpcPeer.ts";
import { Send } from "../../src/protocol/envelope.ts";
import { HubReport } from "../../src/protocol/peer.ts";
import { PeerMessageOutcome } from "../../src/protocol/peers.ts";
import { cardOf, seatAgent } from "../hub/scriptedAgent.ts";
import { connected, once, pair, Tables, type Table } from "./tables.ts";

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

  it("a hub shows itself only to who may observe it, and its cards are pinned to the key that signed them first", async () => {
    await using tables = new Tables();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    await pair(ada, ben, ["message"], ["observe"]);
    const odd = await seatAgent(ben.hub.connectInProcess(), "odd", {
      card: { ...cardOf("odd"), name: "Od\u202ed\u0007", skills: [] },
    });
    const seen = (): readonly string[] | undefined =>
      ada.peering.shown().peers[0]?.agents.map(({ name }) => name);
    await once([ada, ben], () => seen()?.length === 2);
    assert.deepEqual(seen(), ["worker", "Od d"]);
    assert.deepEqual(ben.peering.shown().peers[0]?.agents, []);
    await assert.rejects(
      ben.peering.ask("peers/report", { hubId: ada.self }, "human"),
      { code: "peer-refused" },
    );
    const report = HubReport.parse(
      await ada.peering.ask("peers/report", { hubId: ben.self }, "human"),
    );
    assert.equal(report.name, "Ben");
    assert.equal(report.agents.length, 2);
    odd.leave();
    await once([ada, ben], () => seen()?.length === 1);

    await ben.close();
    await rm(join(ben.dir, "card.pem"));
    const again = await tables.open("Ben", { dir: ben.dir });
    await connected(ada, again);
    await once([ada], () =>
      ada.peering.shown().peers[0]?.problem?.includes("another key"),
    );
    assert.deepEqual(seen(), []);
  });

  it("shared topics reach each peer once, and never go on from there", async () => {
    await using tables = new Tables();
    const topics = ["team.#"];
    const all = [
      await tables.open("Ada", { topics }),
      await tables.open("Ben", { topics }),
      await tables.open("Cleo", { topics }),
    ] as const;
    const [ada, ben, cleo] = all;
    await pair(ada, ben);
    await pair(ben, cleo);
    await pair(ada, cleo);
    const heard = new Map(all.map((table) => [table, listen(table)]));
    const publish = (from: Table, topic: string): Promise<unknown> =>
      from.worker.peer.request("envelope/send", {
        header: { id: topic, to: `topic:${topic}` },
        payload: { from: from.name },
      });
    await publish(ada, "other.a");
    await publish(ada, "team.a");
    await publish(ben, "team.b");
    await publish(cleo, "team.c");
    const got = (table: Table): readonly string[] => heard.get(table) ?? [];
    await once(all, () => all.every((table) => got(table).length >= 3));
    assert.deepEqual([...got(ada)].sort(), [
      `team.a worker`,
      `team.b peer:${ben.self}`,
      `team.c peer:${cleo.self}`,
    ]);
    assert.equal(got(ben).length, 3);
    assert.equal(got(cleo).length, 3);
    const told = ada.peering
      .rooms()
      .flatMap((room) => room.said())
      .filter(({ envelope }) => envelope.body.kind === "published");
    assert.equal(told.length, 4);
  });
});

/** What is delivered to a subscriber of every topic of the table. */
function listen({ hub }: Table): readonly string[] {
  const got: string[] = [];
  const transport = hub.connectInProcess();
  const rpc = createRpcPeer({
    send: (frame) => {
      transport.send(frame);
    },
    handle: (_, params) => {
      const { header } = Send.parse(params);
      if (header.to.startsWith("topic:team"))
        got.push(`${header.to.slice("topic:".length)} ${header.from ?? ""}`);
      return {};
    },
  });
  transport.onFrame((frame) => {
    rpc.onFrame(frame);
  });
  void rpc.request("envelope/subscribe", { topics: ["#"] });
  return got;
}
