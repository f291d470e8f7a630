import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PeerMessageOutcome } from "../../src/protocol/peers.ts";
import {
  connected,
  heardAt,
  once,
  pair,
  Tables,
  type Table,
} from "./tables.ts";

/** Says something without waiting for the answer. */
async function say(
  from: Table,
  to: Table,
  text: string,
): Promise<PeerMessageOutcome> {
  const request = { hubId: to.self, to: "worker", text, waitMs: 0 };
  return PeerMessageOutcome.parse(
    await from.peering.ask("peers/message", request, "human"),
  );
}

/** Resolves once the other has everything. */
async function told(from: Table, to: Table): Promise<void> {
  await once([from], () =>
    from.peering
      .shown()
      .peers.some(
        ({ hubId, agents, waiting }) =>
          hubId === to.self && waiting === 0 && agents.length > 0,
      ),
  );
}

/** Texts that `from` got as answers of `to`, oldest first. */
async function answers(from: Table, to: Table): Promise<readonly string[]> {
  return (await heardAt(from, to, to)).flatMap((body) =>
    body.kind === "messageDone"
      ? [body.problem ?? body.task?.artifacts?.[0]?.parts[0]?.text ?? ""]
      : [],
  );
}

describe("a peer that goes away", () => {
  it("what is said meanwhile is done once it is back, each once, over restarts of both", async () => {
    await using tables = new Tables();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    await pair(ada, ben);
    await told(ada, ben);
    await ben.close();
    await once([ada], () => !ada.peering.isConnected(ben.self));
    assert.equal((await say(ada, ben, "echo one")).state, "waiting");
    await say(ada, ben, "echo two");
    assert.equal(ada.peering.shown().peers[0]?.waiting, 2);
    await ada.close();

    const ada2 = await tables.open("Ada", { dir: ada.dir });
    await say(ada2, ben, "echo three");
    const ben2 = await tables.open("Ben", { dir: ben.dir });
    await connected(ada2, ben2);
    await once(
      [ada2, ben2],
      () => ada2.peering.shown().peers[0]?.waiting === 0,
    );
    const room = await ada2.peering.pair(ben2.self);
    await once(
      [ada2],
      () =>
        room
          .said()
          .filter(({ envelope }) => envelope.body.kind === "messageDone")
          .length === 3,
    );
    assert.deepEqual((await answers(ada2, ben2)).toSorted(), [
      "one",
      "three",
      "two",
    ]);

    await ben2.close();
    const ben3 = await tables.open("Ben", { dir: ben.dir });
    await connected(ada2, ben3);
    await say(ada2, ben3, "echo four");
    await once(
      [ada2],
      () =>
        room
          .said()
          .filter(({ envelope }) => envelope.body.kind === "messageDone")
          .length === 4,
    );
    assert.equal(ben2.worker.executed.length, 3);
    assert.equal(ben3.worker.executed.length, 1);
  });

  it("a message that an agent works on when its hub ends is taken up again, and answered once", async () => {
    await using tables = new Tables();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    await pair(ada, ben);
    await say(ada, ben, "hold");
    await once([ben], () => ben.worker.executed.length === 1);
    await ben.close();
    const again = await tables.open("Ben", { dir: ben.dir });
    again.worker.release();
    await connected(ada, again);
    const room = await ada.peering.pair(ben.self);
    await once([ada], () =>
      room.said().some(({ envelope }) => envelope.body.kind === "messageDone"),
    );
    assert.deepEqual(again.worker.executed, ben.worker.executed);
    assert.equal((await answers(ada, again)).length, 1);
  });

  it("nothing runs for a peer while everything is stopped, nor ever for one that was revoked", async () => {
    await using tables = new Tables();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    const cleo = await tables.open("Cleo");
    await pair(ben, ada);
    await pair(ben, cleo);
    ben.stop(true);
    await say(ada, ben, "echo from Ada");
    await say(cleo, ben, "echo from Cleo");
    const waiting = [ada, cleo].map((table) => table.peering.shown().peers[0]);
    assert.equal(waiting.length, 2);
    await once([ada, cleo], () =>
      [ada, cleo].every(
        (table) => table.peering.shown().peers[0]?.waiting === 0,
      ),
    );
    assert.deepEqual(ben.worker.executed, []);

    await ben.peering.ask("peers/revoke", { hubId: ada.self }, "human");
    ben.stop(false);
    const room = await cleo.peering.pair(ben.self);
    await once([cleo], () =>
      room.said().some(({ envelope }) => envelope.body.kind === "messageDone"),
    );
    assert.equal(ben.worker.executed.length, 1);
    assert.equal(ben.peering.isConnected(ada.self), false);
    await assert.rejects(ben.peering.pair(ada.self), { code: "peer-refused" });

    await ben.close();
    const again = await tables.open("Ben", { dir: ben.dir });
    await connected(again, cleo);
    assert.deepEqual(again.worker.executed, []);
  });

  it("who may not write there is told so, and nobody there is asked", async () => {
    await using tables = new Tables();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    await pair(ada, ben, ["observe"], ["observe"]);
    await assert.rejects(say(ben, ada, "echo x"), { code: "peer-refused" });
    await ada.close();
    await once([ben], () => !ben.peering.isConnected(ada.self));
    const { messageId } = await say(ben, ada, "echo x");
    const again = await tables.open("Ada", { dir: ada.dir });
    const outcome = PeerMessageOutcome.parse(
      await ben.peering.ask(
        "peers/message",
        { hubId: ada.self, to: "worker", text: "echo x", messageId },
        "human",
      ),
    );
    assert.equal(outcome.state, "refused");
    assert.match(outcome.problem ?? "", /no scope here/);
    assert.deepEqual(again.worker.executed, []);
  });

  it("a long room goes on in a new one, and nothing is lost or done again where the page is turned", async () => {
    await using tables = new Tables();
    const pageLength = 12;
    const ada = await tables.open("Ada", { pageLength });
    const ben = await tables.open("Ben", { pageLength });
    await pair(ada, ben);
    const texts = Array.from({ length: 20 }, (_, at) => `n${String(at)}`);
    for (const text of texts) await say(ada, ben, `echo ${text}`);
    const got = (): readonly string[] =>
      ada.peering
        .rooms()
        .flatMap((room) =>
          room
            .said()
            .flatMap(({ envelope: { body } }) =>
              body.kind === "messageDone"
                ? [body.task?.artifacts?.[0]?.parts[0]?.text ?? ""]
                : [],
            ),
        );
    await once([ada, ben], () => got().length === texts.length);
    assert.deepEqual([...got()].sort(), [...texts].sort());
    assert.equal(ben.worker.executed.length, texts.length);
    assert.ok(ada.peering.rooms().length > 2);
    const left = (): number =>
      ada.log.read({ missionId: "hub", types: ["RoomLeft"] }).length;
    await once([ada, ben], () => left() > 0);

    await ada.close();
    const again = await tables.open("Ada", { dir: ada.dir, pageLength });
    await connected(again, ben);
    await say(again, ben, "echo last");
    await once([ben], () => ben.worker.executed.length === texts.length + 1);
    assert.ok(again.peering.rooms().length < ada.peering.rooms().length);
  });
});
