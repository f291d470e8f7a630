import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../../src/core/errors.ts";
import { sayHello } from "../../../src/peering/links/hello.ts";
import type { HubIdentity } from "../../../src/ports/peering.ts";
import type { LinkFrame } from "../../../src/protocol/peer.ts";
import { MAX_PEER_FRAME } from "../../../src/protocol/peer.ts";
import type { Hello } from "../../../src/protocol/peerLink.ts";
import { Hubs, once, pair, type Hub } from "./hubs.ts";
import { callWith, pretend, talkWith, type Talker } from "./stranger.ts";

/** Answered to anybody who is let in past TLS. */
const REQUEST = "GET / HTTP/1.1\r\nHost: hub\r\n\r\n";
const never = new AbortController().signal;

function portOf(hub: Hub): number {
  const { port } = hub.links.listening() ?? {};
  assert.ok(port);
  return port;
}

function refused(error: unknown): boolean {
  return isProblem(error, "peer-refused");
}

/** Says hello as the hub whose keys are held, with whatever is to be false in it. */
async function hello(
  as: HubIdentity,
  to: HubIdentity,
  talker: Talker,
  lie: Partial<Hello> = {},
  signedBy: HubIdentity = as,
): Promise<void> {
  const speaker = { identity: as, name: "Ben", version: "0.1.0", epoch: 1 };
  const jws = await sayHello(speaker, to.hubId, talker.channel);
  const [, payload = ""] = jws.split(".");
  const truth = JSON.parse(
    Buffer.from(payload, "base64url").toString("utf8"),
  ) as Hello;
  talker.socket.send(await signedBy.sign(JSON.stringify({ ...truth, ...lie })));
}

/** Two hubs that paired; the one that calls is closed, so that its keys can be used by an attacker who has them. */
async function robbed(
  hubs: Hubs,
): Promise<{ ada: Hub; adas: HubIdentity; bens: HubIdentity; port: number }> {
  const ada = await hubs.open("Ada");
  const ben = await hubs.open("Ben");
  await pair(ada, ben);
  const adas = await ada.links.own();
  const bens = await ben.links.own();
  await ben.close();
  await once([ada], () => ada.links.link(bens.hubId) === undefined);
  return { ada, adas, bens, port: portOf(ada) };
}

describe("the certificates", () => {
  it("nobody but pinned hubs hears or says a byte: not with another key, none, an older TLS or another protocol, nor to pair without an invitation", async () => {
    await using hubs = new Hubs();
    const { ada, port, bens } = await robbed(hubs);
    const told = ada.told.length;
    const eve = await (await hubs.open("Eve")).links.own();
    for (const shown of [
      { port, identity: eve },
      { port },
      { port, identity: bens, maxVersion: "TLSv1.2" },
      { port, identity: bens, protocol: "http/1.1" },
      { port, identity: bens, protocol: "" },
      { port, identity: eve, protocol: "roundtable-pair/1" },
    ] as const) {
      const { tls, heard, ended } = await callWith(shown);
      tls.write(REQUEST);
      await ended;
      assert.equal(heard(), 0, JSON.stringify(shown));
    }
    assert.equal(ada.told.length, told);
  });

  it("a hub in the place of another hears nothing from who calls or joins", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    const eve = await (await hubs.open("Eve")).links.own();
    await pair(ada, ben);
    const { code } = await ada.links.share({ minutes: 10 });
    const port = portOf(ada);
    const adas = await ada.links.own();
    await ada.close();
    await using impostor = await pretend(eve, port);
    await once([ben], () =>
      ben.links.problem(adas.hubId)?.startsWith("Another hub answers"),
    );
    await assert.rejects(ben.links.join({ invitation: code }, never), refused);
    await impostor.left;
    assert.equal(impostor.bytes(), 0);
  });

  it("a stolen pin is worth nothing after it was revoked, and no frame is heard after that was said", async () => {
    await using hubs = new Hubs();
    const { ada, adas, bens, port } = await robbed(hubs);
    const open = await talkWith({ port, identity: bens });
    await hello(bens, adas, open);
    await once([ada], () => ada.links.link(bens.hubId));
    // This one was let in by its certificate, and its hello is still to come.
    const late = await talkWith({ port, identity: bens });
    const send = (n: number): void => {
      const frame: LinkFrame = {
        t: "have",
        room: `r${String(n)}`,
        have: {},
        ask: true,
      };
      if (open.socket.readyState === open.socket.OPEN)
        open.socket.send(JSON.stringify(frame));
    };
    for (let n = 0; n < 100; n += 1) send(n);
    await once([ada], () => ada.frames.length === 100);
    const asked = performance.now();
    await ada.links.revoke(bens.hubId, "human");
    const heard = ada.frames.length;
    for (let n = 100; n < 200; n += 1) send(n);
    await hello(bens, adas, late).catch(() => undefined);
    await Promise.all([open.ended, late.ended]);
    console.log(
      `  revocation: sockets gone ${(performance.now() - asked).toFixed(1)} ms after it was asked for`,
    );
    assert.equal(ada.frames.length, heard);
    assert.equal(ada.links.link(bens.hubId), undefined);
    const {
      tls,
      ended,
      heard: bytes,
    } = await callWith({ port, identity: bens });
    tls.write(REQUEST);
    await ended;
    assert.equal(bytes(), 0);
    assert.deepEqual(
      ada.links.peers().map(({ revoked }) => revoked),
      [true],
    );
  });
});

describe("the hello", () => {
  it("counts only when the pinned key signed it, for this hub, on this channel, with this certificate", async () => {
    await using hubs = new Hubs();
    const { ada, adas, bens, port } = await robbed(hubs);
    const eve = await (await hubs.open("Eve")).links.own();
    const first = await talkWith({ port, identity: bens });
    await hello(bens, adas, first);
    await once([ada], () => ada.links.link(bens.hubId));
    const told = ada.told.length;
    const elsewhere = first.channel.binding;
    const lies: [Partial<Hello>, HubIdentity, RegExp][] = [
      [{ channel: elsewhere }, bens, /another connection/],
      [{ to: eve.hubId }, bens, /another connection/],
      [{ pin: eve.pin }, bens, /another connection/],
      [{}, eve, /not signed by the key/],
      [{ hubId: eve.hubId }, bens, /its key is another one/],
      [
        { publicKey: eve.publicKey as unknown as Hello["publicKey"] },
        eve,
        /its key is another one/,
      ],
      [
        { versions: [7, 9], software: "9.0" },
        bens,
        /0\.1\.0 speaks 1, 9\.0 speaks 7, 9/,
      ],
    ];
    for (const [lie, signer, why] of lies) {
      const talker = await talkWith({ port, identity: bens });
      await hello(bens, adas, talker, lie, signer);
      const frame: LinkFrame = { t: "have", room: "r", have: {}, ask: true };
      talker.socket.send(JSON.stringify(frame));
      assert.match(await talker.ended, why);
      // Its own hello was all it heard.
      assert.equal(talker.frames.length, 1);
    }
    assert.deepEqual(ada.frames, []);
    assert.equal(ada.told.length, told);
    first.socket.terminate();
  });
});

describe("frames of a link", () => {
  it("that are none end it: too large, too deep, binary, no JSON, of no known kind", async () => {
    await using hubs = new Hubs();
    const { ada, adas, bens, port } = await robbed(hubs);
    const deep = `{"t":"ping","id":${"[".repeat(40)}${"]".repeat(40)}}`;
    for (const bad of [
      "x".repeat(MAX_PEER_FRAME + 1),
      deep,
      Buffer.from([1, 2, 3]),
      "not json",
      '{"t":"approve","missionId":"m"}',
      '{"t":"push","room":"../etc","sealed":["x"]}',
    ]) {
      const talker = await talkWith({ port, identity: bens });
      await hello(bens, adas, talker);
      await once([ada], () => ada.links.link(bens.hubId));
      talker.socket.send(bad);
      await talker.ended;
      await once([ada], () => ada.links.link(bens.hubId) === undefined);
    }
    assert.deepEqual(ada.frames, []);
  });

  it("that come in a flood are read no faster than a hub may send, and far too many end the link", async () => {
    await using hubs = new Hubs();
    const { ada, adas, bens, port } = await robbed(hubs);
    const talker = await talkWith({ port, identity: bens });
    await hello(bens, adas, talker);
    await once([ada], () => ada.links.link(bens.hubId));
    const frame: LinkFrame = { t: "have", room: "r", have: {}, ask: true };
    const text = JSON.stringify(frame);
    for (let n = 0; n < 20_000; n += 1) talker.socket.send(text);
    await talker.came(1);
    await once([ada], () => ada.frames.length >= 1000);
    // What one piece of the stream holds may be read at once; the rest waits or is cut.
    assert.ok(ada.frames.length <= 2100, String(ada.frames.length));
    talker.socket.terminate();
  });
});
