import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { roomDigest } from "../../../src/core/peering/digest.ts";
import type { Sealed } from "../../../src/core/peering/room.ts";
import { viewRoom } from "../../../src/core/peering/roomView.ts";
import type { Verdict } from "../../../src/protocol/consensus.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";
import { RULES } from "../consensus/table.ts";
import { chain, hubs, sha256 } from "./rig.ts";

const [A = "", B = "", C = ""] = hubs(3);
const HASH = "0".repeat(64);

/** Every hub has two agents, all with the same ids. */
const OPENING: PeerBody = {
  kind: "roomOpened",
  room: "job",
  title: "Spread it",
  members: [A, B, C].map((hubId) => ({ hubId, name: hubId.slice(0, 1) })),
  electorate: [A, B, C].flatMap((hub) =>
    ["one", "two"].map((agentId) => ({
      agentId,
      role: "critic",
      name: agentId,
      lineage: `${hub} ${agentId}`,
      hub,
      weight: 1000,
    })),
  ),
};

const ballot = (
  agentId: string,
  verdict: Verdict = "approve",
  decisionId = "d1",
  artifactHash = HASH,
): PeerBody => ({
  kind: "ballot",
  decisionId,
  ballot: {
    agentId,
    round: 1,
    artifactHash,
    verdict,
    confidence: 80,
    reason: "",
    findings: [],
    lineage: agentId,
  },
});

const opened = (term = 1, title = "?"): PeerBody => ({
  kind: "pollOpened",
  term,
  decisionId: "d1",
  subject: "question",
  artifactHash: HASH,
  title,
  rules: { ...RULES, requiredRoles: [], vetoRoles: [] },
  seed: 1,
});

const closed = (
  ballots: readonly (readonly [string, number])[],
  term = 1,
): PeerBody => ({
  kind: "pollClosed",
  term,
  decisionId: "d1",
  ballots: ballots.map(([origin, seq]) => [origin, seq]),
});

describe("a room as it is seen", () => {
  it("is the same in whatever order it came, and so is its digest", () => {
    const bodies = fc.array(
      fc.oneof(
        fc
          .tuple(
            fc.constantFrom("one", "two", "three"),
            fc.constantFrom<Verdict[]>("approve", "block"),
          )
          .map(([agentId, verdict]) => ballot(agentId, verdict)),
        fc.integer({ min: 1, max: 3 }).map((term) => opened(term)),
        fc
          .tuple(
            fc.integer({ min: 1, max: 3 }),
            fc.array(
              fc.tuple(
                fc.constantFrom(A, B, C),
                fc.integer({ min: 1, max: 6 }),
              ),
            ),
          )
          .map(([term, named]) => closed(named, term)),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        bodies,
        bodies,
        bodies,
        fc.array(fc.constantFrom(B, C), { maxLength: 1 }),
        fc.infiniteStream(fc.nat()),
        (ofA, ofB, ofC, liars, order) => {
          const said = [
            ...chain(A, [OPENING, ...ofA]),
            ...chain(B, ofB),
            ...chain(C, ofC),
          ];
          const forked = liars.map((origin) => ({ origin, seq: 9 }));
          const keys = new Map<Sealed, number>(
            said.map((one) => [one, order.next().value]),
          );
          const mixed = said.toSorted(
            (a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0),
          );
          assert.deepEqual(viewRoom(mixed, forked), viewRoom(said, forked));
          assert.equal(
            roomDigest(mixed, forked, sha256),
            roomDigest(said, forked, sha256),
          );
          if (said.length > 1)
            assert.notEqual(
              roomDigest(said.slice(1), forked, sha256),
              roomDigest(said, forked, sha256),
            );
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  it("is opened by its home only", () => {
    const theirs = chain(A, [{ ...OPENING, title: "Mine" }]);
    const ours = chain(B, [OPENING]);
    assert.equal(viewRoom(ours, []).kind, "pair");
    assert.equal(viewRoom([...theirs, ...ours], []).title, "Mine");
    assert.equal(viewRoom(theirs, [], B).title, "");
  });
});

describe("a ballot", () => {
  it("counts only when its agent is an elector of the hub that signed it", () => {
    const view = viewRoom(
      [
        ...chain(A, [OPENING]),
        ...chain(B, [ballot("one"), ballot("nobody")]),
        ...chain(C, [ballot("one"), ballot("one")]),
      ],
      [],
    );
    assert.deepEqual(
      view.ballots.map(({ origin, seq }) => [origin, seq]),
      [
        [B, 1],
        [C, 1],
      ],
    );
    assert.deepEqual(view.equivocations, []);
  });

  it("that contradicts another of its agent voids both, in that decision only, and is shown", () => {
    const view = viewRoom(
      [
        ...chain(A, [OPENING]),
        ...chain(B, [
          ballot("one", "approve"),
          ballot("two"),
          ballot("one", "approve", "d2"),
          ballot("one", "block"),
        ]),
      ],
      [],
    );
    assert.deepEqual(
      view.ballots.map(({ decisionId, ballot: { agentId } }) => [
        decisionId,
        agentId,
      ]),
      [
        ["d1", "two"],
        ["d2", "one"],
      ],
    );
    assert.deepEqual(view.equivocations, [
      {
        kind: "ballots",
        origin: B,
        decisionId: "d1",
        agentId: "one",
        round: 1,
      },
    ]);
  });

  it("of a hub that signed two things for one place does not count, and the hub is named", () => {
    const view = viewRoom(
      [...chain(A, [OPENING]), ...chain(B, [ballot("one")])],
      [{ origin: B, seq: 2 }],
    );
    assert.deepEqual(view.ballots, []);
    assert.deepEqual(view.equivocations, [{ kind: "fork", origin: B, seq: 2 }]);
  });
});

describe("a poll", () => {
  const votes = [
    ...chain(B, [ballot("one"), ballot("two")]),
    ...chain(C, [ballot("one"), ballot("two", "block")]),
  ];
  const home = (...more: readonly PeerBody[]): readonly Sealed[] =>
    chain(A, [OPENING, opened(), ballot("one"), ballot("two"), ...more]);

  it("is counted once it is closed, over just the ballots that are named", () => {
    const open = viewRoom([...home(), ...votes], []).polls;
    assert.deepEqual(
      open.map(({ tally }) => tally),
      [undefined],
    );
    const all = [A, A, B, C].map(
      (hub, at) => [hub, [3, 4, 1, 1][at] ?? 0] as const,
    );
    const [poll] = viewRoom([...home(closed(all)), ...votes], []).polls;
    assert.equal(poll?.tally?.approvals, 4);
    assert.equal(poll.tally.outcome, "approved");
    assert.equal(poll.tally.absent, 2);
    // The home's electors are the local ones; a hub with two weighs no more than one of them.
    const [both] = viewRoom(
      [...home(closed([...all, [B, 2]])), ...votes],
      [],
    ).polls;
    assert.equal(both?.tally?.approvals, 5);
    assert.equal(both.tally.score, poll.tally.score);
  });

  it("is not counted before everything its closing names is here", () => {
    const named = [
      [A, 3],
      [B, 1],
    ] as const;
    const early = viewRoom(home(closed(named)), []).polls[0];
    assert.deepEqual(early?.awaited, [{ origin: B, seq: 1 }]);
    assert.equal(early.tally, undefined);
    const late = viewRoom([...home(closed(named)), ...votes], []).polls[0];
    assert.equal(late?.tally?.approvals, 2);
  });

  it("is closed by the highest term, and never by a term before it was opened again", () => {
    const again = viewRoom(
      [
        ...home(closed([[A, 3]])),
        ...chain(B, [ballot("one"), closed([[B, 1]], 3)]),
      ],
      [],
    ).polls[0];
    assert.deepEqual(
      again?.counted.map(({ agentId }) => agentId),
      [`one@${B}`],
    );
    const reopened = viewRoom(
      [...home(closed([[A, 3]], 1)), ...chain(B, [opened(2, "again")])],
      [],
    ).polls[0];
    assert.equal(reopened?.opened.kind, "pollOpened");
    assert.equal(reopened.origin, B);
    assert.equal(reopened.closed, undefined);
  });

  it("ignores ballots of another artifact, of another decision, and what is no ballot", () => {
    const said = [
      ...home(
        closed([
          [A, 1],
          [B, 1],
          [B, 2],
        ]),
      ),
      ...chain(B, [
        ballot("one", "approve", "d1", "1".repeat(64)),
        ballot("two", "approve", "d2"),
      ]),
    ];
    assert.deepEqual(viewRoom(said, []).polls[0]?.counted, []);
  });
});
