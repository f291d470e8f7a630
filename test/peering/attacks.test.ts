import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { pairRoom } from "../../src/peering/rooms/pairRoom.ts";
import type { PeerLink } from "../../src/peering/link.ts";
import type { HubIdentity } from "../../src/ports/peering.ts";
import type { PeerBody, Scope } from "../../src/protocol/peer.ts";
import { Pairing, Shared } from "../../src/protocol/peers.ts";
import { Hubs, type Hub } from "./links/hubs.ts";
import { heardAt, once, pair, Tables, type Table } from "./tables.ts";

/** A hub that is paired and says what it likes. */
interface Liar {
  readonly hub: Hub;
  readonly identity: HubIdentity;
  /** Its room with the table. */
  readonly room: string;
  readonly link: PeerLink;
  /** Signs an envelope; what is left out is as it should be for the first in the pair's room. */
  sealed(body: PeerBody, more?: object): Promise<string>;
  push(sealed: readonly string[], room?: string): void;
}

async function liarAt(
  hubs: Hubs,
  table: Table,
  scopes: readonly Scope[],
  name = "Eve",
): Promise<Liar> {
  const hub = await hubs.open(name);
  const shared = Shared.parse(
    await table.peering.ask("peers/share", { scopes }, "human"),
  );
  const joined = await hub.links.join(
    { invitation: shared.code, scopes: ["observe", "message"] },
    AbortSignal.timeout(5000),
  );
  const [hosted] = table.peering.shown().pairings;
  await Promise.all([
    hub.links.confirm(joined.pairingId, true),
    table.peering.ask(
      "peers/confirm",
      { pairingId: Pairing.parse(hosted).pairingId, same: true },
      "human",
    ),
  ]);
  const identity = await hub.links.own();
  const link = await once([table], () => hub.links.link(table.self));
  const one = { hubId: table.self, name: "" };
  const other = { hubId: identity.hubId, name: "" };
  const room = pairRoom(sha256, one, other).id;
  return {
    ...{ hub, identity, link, room },
    sealed: (body, more = {}) =>
      identity.sign(
        JSON.stringify({
          ...{ v: 1, room, origin: identity.hubId, epoch: 1, seq: 1, prev: "" },
          at: 0,
          body,
          ...more,
        }),
      ),
    push(sealed, to = room) {
      link.send({ t: "push", room: to, sealed: [...sealed] });
    },
  };
}

const WORDS: PeerBody = {
  kind: "message",
  to: "worker",
  from: "eve",
  message: { messageId: "m1", role: "ROLE_USER", parts: [{ text: "echo x" }] },
};

const asking = (messageId: string): PeerBody => ({
  ...WORDS,
  message: { ...WORDS.message, messageId },
});

/** What the table shows to be wrong with the hub. */
function problem(table: Table, { identity }: Liar): string | undefined {
  return table.peering
    .shown()
    .peers.find(({ hubId }) => hubId === identity.hubId)?.problem;
}

describe("a paired hub that lies", () => {
  it("cannot speak for another, nor use what another signed elsewhere", async () => {
    await using tables = new Tables();
    await using hubs = new Hubs();
    const ada = await tables.open("Ada");
    const ben = await tables.open("Ben");
    await pair(ada, ben);
    const eve = await liarAt(hubs, ada, ["observe", "message"]);

    eve.push([await eve.sealed(WORDS, { origin: ben.self })]);
    await once([ada], () => problem(ada, eve)?.includes("signature"));

    const room = await ben.peering.pair(ada.self);
    const { jws } = await room.say({ kind: "reportAsked" });
    eve.push([jws]);
    await once([ben, ada], () =>
      ada.peering
        .shown()
        .peers.find(({ hubId }) => hubId === ben.self)
        ?.problem?.includes("another room"),
    );
    eve.push([jws], room.id);
    await once([ada], () => problem(ada, eve)?.includes("no member"));

    const [head = "", payload = "", signature = ""] = (
      await eve.sealed(WORDS)
    ).split(".");
    const moved = Buffer.from(payload, "base64url")
      .toString()
      .replace('"seq":1', '"seq":2');
    eve.push([
      [head, Buffer.from(moved).toString("base64url"), signature].join("."),
    ]);
    eve.push([await eve.sealed(WORDS)]);
    await once([ada], () => ada.worker.executed.length === 1);
    const kept = ada.log.read({ missionId: eve.room, types: ["PeerSaid"] });
    const hers = kept.filter(
      ({ type, data }) =>
        type === "PeerSaid" && data.origin === eve.identity.hubId,
    );
    assert.equal(hers.length, 1);
  });

  it("is heard once for what it says twice, also after a restart", async () => {
    await using tables = new Tables();
    await using hubs = new Hubs();
    const ada = await tables.open("Ada");
    const eve = await liarAt(hubs, ada, ["observe", "message"]);
    const first = await eve.sealed(asking("m1"));
    const again = await eve.sealed(asking("m1"), {
      seq: 2,
      prev: sha256(first),
    });
    for (const _ of [1, 2, 3]) eve.push([first, again]);
    const room = await ada.peering.pair(eve.identity.hubId);
    const done = (): boolean =>
      room.said().some(({ envelope }) => envelope.body.kind === "messageDone");
    await once([ada], () => done() && ada.worker.executed.length === 1);
    await ada.close();

    const ada2 = await tables.open("Ada", { dir: ada.dir });
    await once([ada2], () => ada2.peering.isConnected(eve.identity.hubId));
    const link = await once([ada2], () => eve.hub.links.link(ada2.self));
    link.send({ t: "push", room: eve.room, sealed: [first, again] });
    const more = await eve.sealed(asking("m2"), {
      seq: 3,
      prev: sha256(again),
    });
    link.send({ t: "push", room: eve.room, sealed: [more] });
    await once([ada2], () => ada2.worker.executed.length === 1);
    const said = await ada2.peering.pair(eve.identity.hubId);
    const asked = said
      .said()
      .filter(({ envelope }) => envelope.body.kind === "message");
    assert.equal(asked.length, 3);
  });

  it("gets nothing done without the scope for it, whatever scopes it has besides; a scope granted later revives nothing", async () => {
    await using tables = new Tables();
    await using hubs = new Hubs();
    const ada = await tables.open("Ada");
    const eve = await liarAt(hubs, ada, []);
    const heard: string[] = [];
    ada.peering.onHeard(({ body }) => heard.push(body.kind));
    const bodies: readonly (readonly [Scope, PeerBody])[] = [
      ["observe", { kind: "reportAsked" }],
      ["message", WORDS],
      ["message", { kind: "published", topic: "a.b", from: "eve", payload: 1 }],
      ["task", { kind: "taskCanceled", taskId: "t" }],
    ];
    const all: readonly Scope[] = ["observe", "message", "vote", "task"];
    const { hubId } = eve.identity;
    let seq = 0;
    let prev = "";
    for (let set = 0; set < 16; set += 1) {
      const scopes = all.filter((_, bit) => (set & (1 << bit)) !== 0);
      await ada.peering.ask("peers/setScopes", { hubId, scopes }, "human");
      const before = heard.length;
      const sealed: string[] = [];
      for (const [, body] of bodies) {
        seq += 1;
        const given = body === WORDS ? asking(`m${String(seq)}`) : body;
        const jws = await eve.sealed(given, { seq, prev });
        prev = sha256(jws);
        sealed.push(jws);
      }
      eve.push(sealed);
      const room = await ada.peering.pair(hubId);
      const key = `said:${hubId}:${String(seq)}`;
      await once([ada], () => ada.log.find(room.id, key) !== undefined);
      const fitting = bodies.filter(([scope]) => scopes.includes(scope));
      await once([ada], () => heard.length - before === fitting.length);
      assert.deepEqual(
        heard.slice(before),
        fitting.map(([, { kind }]) => kind),
      );
    }
    await once([ada], () => ada.worker.executed.length === 8);
    const counted = await ada.peering.pair(hubId);
    const hers = counted
      .said()
      .filter(({ envelope }) => envelope.origin === hubId);
    assert.equal(hers.length, 32);
    assert.match(problem(ada, eve) ?? "", /no scope here/);
  });

  it("that floods, forks or grabs a name of ours is held, and people see it", async () => {
    await using tables = new Tables();
    await using hubs = new Hubs();
    const ada = await tables.open("Ada");
    const eve = await liarAt(hubs, ada, ["observe", "message"]);
    const { hubId } = eve.identity;
    const opening = (members: readonly string[]): PeerBody => ({
      kind: "roomOpened",
      room: "mission",
      title: "x",
      members: members.map((of) => ({ hubId: of, name: "" })),
      electorate: [],
    });
    for (const [room, members] of [
      ["hub", [hubId, ada.self]],
      ["pair-of-theirs", [hubId, ada.self]],
      ["not-ours", [hubId]],
      ["not-its-own", [ada.self, hubId]],
      ["twice", [hubId, ada.self, hubId]],
    ] as const) {
      eve.push([await eve.sealed(opening(members), { room })], room);
      eve.push([await eve.sealed(WORDS, { room: "elsewhere" })]);
    }
    await once([ada], () => problem(ada, eve)?.includes("another room"));
    assert.deepEqual(
      ada.peering.rooms().map(({ kind }) => kind),
      ["pair"],
    );

    const flood: string[] = [];
    let prev = "";
    for (let seq = 1; seq <= 192; seq += 1) {
      const jws = await eve.sealed(asking(`f${String(seq)}`), { seq, prev });
      prev = sha256(jws);
      flood.push(jws);
    }
    for (let at = 0; at < flood.length; at += 64)
      eve.push(flood.slice(at, at + 64));
    await once([ada], () => problem(ada, eve)?.includes("messages a second"));
    const taken = (
      await heardAt(ada, { ...ada, self: hubId }, { ...ada, self: hubId })
    ).length;
    assert.ok(taken < 150, `${String(taken)} of 192 were taken at once`);

    eve.push([await eve.sealed(asking("other"), { seq: 1 })]);
    await once([ada], () =>
      problem(ada, eve)?.includes("two different things"),
    );
    const room = await ada.peering.pair(hubId);
    assert.deepEqual(room.forked(), [{ origin: hubId, seq: 1 }]);
    assert.equal(
      room.said().some(({ envelope }) => envelope.origin === hubId),
      false,
    );
  });
});
