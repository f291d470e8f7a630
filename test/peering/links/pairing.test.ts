import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../../src/core/errors.ts";
import { sayHello } from "../../../src/peering/links/hello.ts";
import { replaces } from "../../../src/peering/links/openLinks.ts";
import type { Pairing } from "../../../src/protocol/peers.ts";
import { manualClock } from "../../hub/manualClock.ts";
import { Hubs, linkOf, once, pair, type Hub } from "./hubs.ts";
import { talkWith } from "./stranger.ts";

const never = new AbortController().signal;

/** Two hubs whose people are asked to compare words. */
async function asked(
  ada: Hub,
  ben: Hub,
): Promise<{ hosted: Pairing; joined: Pairing }> {
  const { code } = await ada.links.share({ minutes: 10 });
  const joined = await ben.links.join({ invitation: code }, never);
  const [hosted] = ada.links.pairings();
  assert.ok(hosted);
  return { hosted, joined };
}

const nobody = (...hubs: Hub[]): boolean =>
  hubs.every(
    ({ links }) => links.pairings().length === 0 && links.peers().length === 0,
  );

describe("pairing", () => {
  it("comes to nothing on both sides when either person says that the words differ", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    for (const isInviter of [true, false]) {
      const { hosted, joined } = await asked(ada, ben);
      await (isInviter ? ben : ada).links.confirm(
        (isInviter ? joined : hosted).pairingId,
        true,
      );
      await (isInviter ? ada : ben).links.confirm(
        (isInviter ? hosted : joined).pairingId,
        false,
      );
      await once([ada, ben], () => nobody(ada, ben));
      await assert.rejects(ben.links.confirm(joined.pairingId, true), (error) =>
        isProblem(error, "peering-failed"),
      );
      // What was shown once is spent.
      await once([ada], () => ada.links.invitations().length === 0);
    }
  });

  it("comes to nothing on both sides when nobody answers for two minutes, or one hub is gone", async () => {
    await using hubs = new Hubs();
    const clock = manualClock();
    const ada = await hubs.open("Ada", { clock });
    const ben = await hubs.open("Ben");
    const { joined } = await asked(ada, ben);
    await ben.links.confirm(joined.pairingId, true);
    await once([ada], () => ada.links.pairings().length === 1);
    await clock.advance(121_000);
    await clock.advance(121_000);
    await once([ada, ben], () => nobody(ada, ben));

    const { hosted } = await asked(ada, ben);
    await ada.links.confirm(hosted.pairingId, true);
    await ben.close();
    await once([ada], () => nobody(ada));
  });

  it("is not begun by a hub that says yes in the name of another, or for another connection", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const { code, port } = await ada.links.share({ minutes: 10 });
    const eve = await (await hubs.open("Eve")).links.own();
    const adas = await ada.links.own();
    const body = Buffer.from(code.slice(4), "base64url").toString();
    const { s: secret } = JSON.parse(body) as { s: string };
    const shown = { port, identity: eve, protocol: "roundtable-pair/1" };
    const talker = await talkWith(shown);
    const speaker = {
      identity: eve,
      name: "E\u202eve\n",
      version: "1",
      epoch: 1,
    };
    const hello = await sayHello(speaker, adas.hubId, talker.channel);
    const join = { t: "join", hello, secret, scopes: [] };
    talker.socket.send(JSON.stringify(join));
    const hosted = await once([ada], () => ada.links.pairings()[0]);
    assert.equal(hosted.name, "E ve");
    await ada.links.confirm(hosted.pairingId, true);
    const answer = {
      typ: "pair-answer",
      to: adas.hubId,
      channel: "elsewhere",
      same: true,
    };
    const jws = await eve.sign(JSON.stringify(answer));
    talker.socket.send(JSON.stringify({ t: "answer", jws }));
    assert.match(await talker.ended, /not of the person/);
    await once([ada], () => nobody(ada));
  });

  it("again after a revocation makes a teammate of it again", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    await pair(ada, ben);
    const { hubId } = await ben.links.own();
    await ada.links.revoke(hubId, "human");
    await pair(ada, ben, ["observe"]);
    assert.deepEqual(
      ada.links.peers().map(({ revoked, scopes }) => ({ revoked, scopes })),
      [{ revoked: false, scopes: ["observe"] }],
    );
    await ada.links.forget(hubId);
    assert.deepEqual(ada.links.peers(), []);
    assert.equal(ada.links.link(hubId), undefined);
  });
});

describe("an open link", () => {
  it("tells at once what the other may do from now on", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    await pair(ada, ben);
    const bens = await ben.links.own();
    const adas = await ada.links.own();
    await ada.links.setScopes(bens.hubId, ["observe", "message", "vote"]);
    await once([ben], () => ben.links.theirs(adas.hubId).includes("vote"));
    await ada.links.setScopes(bens.hubId, []);
    await once([ben], () => ben.links.theirs(adas.hubId).length === 0);
    await assert.rejects(ada.links.setScopes("nobody", []), (error) =>
      isProblem(error, "peer-refused"),
    );
  });

  it("ends after six seconds of silence by a clock that never jumps, and not because the wall clock did", async () => {
    await using hubs = new Hubs();
    const clock = manualClock();
    let mono = 0;
    const ada = await hubs.open("Ada", { clock, mono: () => mono });
    const ben = await hubs.open("Ben");
    await pair(ada, ben);
    const bens = await ben.links.own();
    clock.skip(86_400_000);
    await clock.advance(2000);
    assert.ok(ada.links.link(bens.hubId));
    await ben.close();
    await once([ada], () => ada.links.link(bens.hubId) === undefined);

    const { port } = ada.links.listening() ?? { port: 0 };
    const mute = await talkWith({ port, identity: bens });
    const speaker = { identity: bens, name: "Ben", version: "1", epoch: 1 };
    const { hubId } = await ada.links.own();
    mute.socket.send(await sayHello(speaker, hubId, mute.channel));
    await once([ada], () => ada.links.link(bens.hubId));
    mono += 6500;
    await clock.advance(2000);
    assert.ok(ada.links.link(bens.hubId), "what has arrived is read first");
    await clock.advance(300);
    assert.equal(ada.links.link(bens.hubId), undefined);
    assert.match(ada.links.problem(bens.hubId) ?? "", /nothing was heard/);
  });

  it("is one of two when both hubs call: both keep the same, and one comes back when it falls", async () => {
    for (const [ours, theirs] of [
      ["a", "b"],
      ["b", "a"],
    ] as const)
      assert.notEqual(
        replaces(ours, theirs, true, false),
        replaces(ours, theirs, false, true),
      );
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    await pair(ada, ben);
    await pair(ben, ada);
    const bens = await ben.links.own();
    (await linkOf(ada, ben)).close("enough");
    // While calls cross, a link may give way to the other: what is said again arrives.
    await once([ada, ben], () => {
      const frame = { t: "have", room: "r", have: {}, ask: true } as const;
      ada.links.link(bens.hubId)?.send(frame);
      return ben.frames.length > 0;
    });
  });

  it("is not opened by a pin that nobody used for thirty days", async () => {
    await using hubs = new Hubs();
    const clock = manualClock();
    const ada = await hubs.open("Ada", { clock });
    const ben = await hubs.open("Ben");
    await pair(ada, ben);
    const bens = await ben.links.own();
    await ben.close();
    await once([ada], () => ada.links.link(bens.hubId) === undefined);
    clock.skip(31 * 86_400_000);
    const again = await hubs.open("Ben", { dir: ben.dir });
    await again.links.start();
    const { hubId } = await ada.links.own();
    await once([again], () => again.links.problem(hubId));
    assert.equal(ada.links.link(bens.hubId), undefined);
    assert.match(ada.links.problem(bens.hubId) ?? "", /30 days/);
  });
});
