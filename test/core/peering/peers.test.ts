import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  noPeers,
  whyNot,
  withPeerEvent,
  type PeersKnown,
} from "../../../src/core/peering/peers.ts";
import type { EventType, Recorded } from "../../../src/protocol/event.ts";

const DAY = 86_400_000;
const HUB = "a2".repeat(26);

type Fact = readonly [type: EventType, data: object, at?: number];

function after(...facts: readonly Fact[]): PeersKnown {
  return facts.reduce(
    (known, [type, data, at = 0]) =>
      withPeerEvent(known, { type, data, at } as unknown as Recorded),
    noPeers,
  );
}

const paired: Fact = [
  "PeerPaired",
  {
    hubId: HUB,
    name: "Ben",
    publicKey: "{}",
    pin: "0f".repeat(32),
    addresses: [],
    dials: false,
    scopes: ["observe"],
  },
  5,
];
const made = (invitationId: string): Fact => [
  "InvitationMade",
  {
    invitationId,
    digest: "",
    scopes: [],
    host: "",
    port: 1,
    expiresAt: 9,
  },
];
const tried: Fact = ["InvitationTried", { from: "" }];

describe("what the log knows of peers", () => {
  it("given a pairing, a revocation and another pairing, the last word counts", () => {
    const peer = (...more: readonly Fact[]): unknown => {
      const one = after(paired, ...more).peers.get(HUB);
      return one && [one.scopes, one.revoked, one.pairedAt];
    };
    assert.deepEqual(peer(), [["observe"], false, 5]);
    const changed: Fact = ["PeerScopesChanged", { hubId: HUB, scopes: [] }];
    assert.deepEqual(peer(changed), [[], false, 5]);
    const revoked: Fact = ["PeerRevoked", { hubId: HUB, why: "" }];
    assert.deepEqual(peer(revoked), [["observe"], true, 5]);
    assert.deepEqual(peer(revoked, paired), [["observe"], false, 5]);
    assert.equal(peer(revoked, ["PeerForgotten", { hubId: HUB }]), undefined);
  });

  it("given facts about a hub that is not known, nothing changes", () => {
    for (const fact of [
      ["PeerScopesChanged", { hubId: HUB, scopes: ["vote"] }],
      ["PeerSeen", { hubId: HUB }],
      ["PeerRevoked", { hubId: HUB, why: "" }],
    ] satisfies Fact[])
      assert.equal(after(fact).peers.size, 0);
  });

  it("counts wrong secrets until there is no open invitation left to guess", () => {
    assert.equal(after(made("a"), tried, tried).wrongSecrets, 2);
    const more = after(made("a"), tried, made("b"), tried);
    assert.equal(more.wrongSecrets, 2);
    const ended: Fact = [
      "InvitationEnded",
      { invitationId: "a", why: "burned" },
    ];
    const fresh = after(made("a"), tried, ended, made("b"));
    assert.equal(fresh.wrongSecrets, 0);
    assert.deepEqual([...fresh.invitations.keys()], ["b"]);
  });

  it("remembers where it was shared after sharing ended", () => {
    const known = after(
      ["SharingOpened", { host: "127.0.0.1", port: 7 }],
      ["SharingClosed", {}],
    );
    assert.equal(known.sharing, undefined);
    assert.deepEqual(known.lastShared, { host: "127.0.0.1", port: 7 });
  });
});

describe("a pin", () => {
  it("lapses thirty days after it was last used, and not before", () => {
    const used: Fact = ["PeerSeen", { hubId: HUB }, 10 * DAY];
    const peer = after(paired, used).peers.get(HUB);
    assert.ok(peer);
    assert.equal(whyNot(peer, 40 * DAY), undefined);
    assert.match(whyNot(peer, 40 * DAY + 1) ?? "", /30 days/);
    assert.match(whyNot({ ...peer, revoked: true }, 0) ?? "", /revoked/);
  });
});
