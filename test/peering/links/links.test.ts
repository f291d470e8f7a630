import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hubs, linkOf, once, pair } from "./hubs.ts";

describe("links of hubs", () => {
  it("two hubs pair once both people saw the same words, and hold a link that carries frames both ways", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    const shared = await ada.links.share({ minutes: 10 });
    assert.match(shared.link, /^vscode:\/\/roundtable\.roundtable\/join#rt1\./);
    const signal = new AbortController().signal;
    const joined = await ben.links.join({ invitation: shared.code }, signal);
    const [hosted] = ada.links.pairings();
    assert.ok(hosted);
    assert.equal(joined.words.length, 6);
    assert.deepEqual(joined.words, hosted.words);
    assert.deepEqual([joined.name, hosted.name], ["Ada", "Ben"]);

    await ben.links.confirm(joined.pairingId, true);
    assert.deepEqual(ada.links.peers(), []);
    assert.deepEqual(ben.links.peers(), []);
    await ada.links.confirm(hosted.pairingId, true);
    const toBen = await linkOf(ada, ben);
    const toAda = await linkOf(ben, ada);
    assert.deepEqual(ada.links.peers()[0]?.scopes, ["observe", "message"]);

    toBen.send({ t: "have", room: "a-room", have: {}, ask: true });
    toAda.send({ t: "have", room: "b-room", have: {}, ask: false });
    await once([ada, ben], () => ada.frames.length + ben.frames.length === 2);
    assert.deepEqual(ben.frames, [
      { t: "have", room: "a-room", have: {}, ask: true },
    ]);
    await once([ada, ben], () => toBen.latencyMs() !== undefined);
    assert.deepEqual(ben.links.theirs(toAda.hubId), ["observe", "message"]);
  });

  it("a hub that was away is called again, and the listener opens again, after a restart", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    await pair(ada, ben);
    const own = await ada.links.own();
    await ada.close();
    await once([ben], () => ben.links.link(own.hubId) === undefined);
    const again = await hubs.open("Ada", { dir: ada.dir });
    assert.equal(again.links.listening(), undefined);
    await again.links.start();
    assert.equal((await again.links.own()).hubId, own.hubId);
    await linkOf(again, ben);
    await linkOf(ben, again);
  });
});
