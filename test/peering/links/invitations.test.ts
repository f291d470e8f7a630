import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { openBook } from "../../../src/peering/links/book.ts";
import { sayHello } from "../../../src/peering/links/hello.ts";
import { createInvitations } from "../../../src/peering/links/invitations.ts";
import { PAIR_ALPN } from "../../../src/protocol/peerLink.ts";
import { manualClock } from "../../hub/manualClock.ts";
import { Hubs, once, type Hub } from "./hubs.ts";
import { callWith, talkWith } from "./stranger.ts";

const never = new AbortController().signal;
const refused = (error: unknown): boolean => isProblem(error, "peer-refused");

const randomSecret = (): string => randomBytes(16).toString("base64url");

function portOf(hub: Hub): number {
  return hub.links.listening()?.port ?? 0;
}

/** Shows a secret to a hub as somebody it never met; resolves with what it is told. */
async function guess(as: Hub, at: Hub, secret: string): Promise<string> {
  const identity = await as.links.own();
  const { hubId } = await at.links.own();
  const port = portOf(at);
  const talker = await talkWith({ port, identity, protocol: PAIR_ALPN });
  const speaker = { identity, name: as.name, version: "0.1.0", epoch: 1 };
  const hello = await sayHello(speaker, hubId, talker.channel);
  talker.socket.send(JSON.stringify({ t: "join", hello, secret, scopes: [] }));
  return talker.ended;
}

function tries(hub: Hub): number {
  return hub.log.read({ types: ["InvitationTried"] }).length;
}

describe("an invitation", () => {
  it("is burned by five wrong secrets, together with every other, however many guess at once", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    const eve = await hubs.open("Eve");
    const first = await ada.links.share({ minutes: 10 });
    const second = await ada.links.share({ minutes: 10 });
    const whys = await Promise.all(
      Array.from({ length: 8 }, () => guess(eve, ada, randomSecret())),
    );
    assert.ok(whys.every((why) => why.includes("not good here")));
    assert.equal(tries(ada), 5);
    assert.deepEqual(ada.links.invitations(), []);
    for (const { code } of [first, second])
      await assert.rejects(
        ben.links.join({ invitation: code }, never),
        refused,
      );
    // Nobody is let in to pair while there is nothing to take.
    const identity = await eve.links.own();
    const shown = { port: portOf(ada), identity, protocol: PAIR_ALPN };
    const { ended, heard } = await callWith(shown);
    await ended;
    assert.equal(heard(), 0);
  });

  it("withstands any number of guesses: five are compared, and no more fill the log", async () => {
    await using hubs = new Hubs();
    const { log } = await hubs.open("Ada");
    const book = openBook(log, () => systemClock.now());
    const invitations = createInvitations({
      book,
      clock: systemClock,
      chance: systemChance(systemClock),
      hash: sha256,
    });
    const offer = { scopes: [], host: "127.0.0.1", port: 1, minutes: 10 };
    await invitations.make(offer);
    let good = 0;
    for (let n = 0; n < 5_000; n += 1)
      await invitations.take(randomSecret(), "there").then(
        () => (good += 1),
        () => 0,
      );
    const compared = log.read({ types: ["InvitationTried"] }).length;
    assert.deepEqual([good, compared], [0, 5]);
  });

  it("is taken once: neither a second time, nor after it was withdrawn, nor when its time is over", async () => {
    await using hubs = new Hubs();
    const clock = manualClock();
    const ada = await hubs.open("Ada", { clock });
    const ben = await hubs.open("Ben");
    const eve = await hubs.open("Eve");
    const other = await ada.links.share({ minutes: 60 });
    const used = await ada.links.share({ minutes: 10 });
    await ben.links.join({ invitation: used.code }, never);
    await assert.rejects(
      eve.links.join({ invitation: used.code }, never),
      refused,
    );
    await ada.links.withdraw(other.invitationId);
    await assert.rejects(
      eve.links.join({ invitation: other.code }, never),
      refused,
    );
    const short = await ada.links.share({ minutes: 1 });
    assert.equal(ada.links.invitations().length, 1);
    await clock.advance(61_000);
    await once([ada], () => ada.links.invitations().length === 0);
    // Its own clock still takes it for good.
    await assert.rejects(
      eve.links.join({ invitation: short.code }, never),
      refused,
    );
    const ends = ada.log
      .read({ types: ["InvitationEnded"] })
      .map(({ data }) => data);
    assert.deepEqual(ends, [
      { invitationId: other.invitationId, why: "withdrawn" },
      { invitationId: short.invitationId, why: "expired" },
    ]);
  });

  it("is good after a restart of the hub that made it, and its secret is nowhere on disk", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    const { code, invitationId } = await ada.links.share({ minutes: 10 });
    await ada.close();
    const again = await hubs.open("Ada", { dir: ada.dir });
    await again.links.start();
    assert.deepEqual(
      again.links.invitations().map((one) => one.invitationId),
      [invitationId],
    );
    const body = Buffer.from(code.slice(4), "base64url").toString();
    const { s } = JSON.parse(body) as { s: string };
    const kept = JSON.stringify(again.log.read({}));
    assert.ok(kept.includes(sha256(s)));
    assert.ok(!kept.includes(s));
    const { name } = await ben.links.join({ invitation: code }, never);
    assert.equal(name, "Ada");
  });

  it("that is no invitation, damaged, this hub's own or for nobody there is refused with a sentence", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const ben = await hubs.open("Ben");
    const { code } = await ada.links.share({ minutes: 10 });
    for (const [text, why] of [
      ["hello", /is no invitation/],
      [code.slice(0, -30), /damaged or not complete/],
      [code.replace("rt1.", "rt2."), /of version 2/],
    ] as const)
      await assert.rejects(
        ben.links.join({ invitation: text }, never),
        (error) =>
          isProblem(error, "bad-invitation") && why.test(error.message),
      );
    await assert.rejects(
      ada.links.join({ invitation: code }, never),
      (error) =>
        isProblem(error, "bad-invitation") && /own/.test(error.message),
    );
    await ada.close();
    await assert.rejects(ben.links.join({ invitation: code }, never), (error) =>
      isProblem(error, "peer-unreachable"),
    );
  });
});

describe("the listener", () => {
  it("is not there before somebody shares, and never on more than one address of this machine", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    await ada.links.start();
    assert.equal(ada.links.listening(), undefined);
    assert.deepEqual(ada.log.read({}), []);
    for (const host of [
      "0.0.0.0",
      "::",
      "::0",
      "0",
      "",
      "*",
      "localhost",
      "::ffff:0.0.0.0",
      "0x7f.1",
      "8.8.8.8",
    ])
      await assert.rejects(
        ada.links.share({ minutes: 10, host }),
        (error) =>
          isProblem(error, "bad-settings") && error.next.includes("127.0.0.1"),
      );
    assert.equal(ada.links.listening(), undefined);
    assert.deepEqual(ada.links.invitations(), []);
  });

  it("is gone, with invitations and the links that came in, when sharing ends, and has its old port when it begins again", async () => {
    await using hubs = new Hubs();
    const ada = await hubs.open("Ada");
    const { port } = await ada.links.share({ minutes: 10 });
    await ada.links.stopSharing();
    assert.equal(ada.links.listening(), undefined);
    assert.deepEqual(ada.links.invitations(), []);
    await assert.rejects(
      callWith({ port }).then(({ ended }) =>
        ended.then((why) => Promise.reject(new Error(why))),
      ),
      /ECONNREFUSED/,
    );
    assert.equal((await ada.links.share({ minutes: 10 })).port, port);
  });
});
