import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  maySend,
  mayTake,
  scopeNeeded,
} from "../../../src/core/peering/scopes.ts";
import { PeerBody, Scope } from "../../../src/protocol/peer.ts";

type Kind = PeerBody["kind"];

const KINDS = PeerBody.options.map(
  ({ shape }) => [...shape.kind.values][0] as Kind,
);
const SETS: readonly (readonly Scope[])[] = Array.from(
  { length: 2 ** Scope.options.length },
  (_, bits) => Scope.options.filter((_scope, at) => (bits & (1 << at)) !== 0),
);

/** What a peer may say to a hub that granted it this, and nothing else of the sixteen sets, besides answers and word of itself. */
const WITH: Readonly<Record<Scope, readonly Kind[]>> = {
  observe: ["reportAsked"],
  message: [
    "message",
    "published",
    "roomOpened",
    "event",
    "partGiven",
    "partDone",
    "jobDone",
  ],
  vote: ["ballotsAsked", "ballot", "pollOpened", "pollClosed"],
  task: ["taskAsked", "taskCanceled"],
};
const FREE: readonly Kind[] = [
  "cards",
  "report",
  "messageDone",
  "taskTold",
  "roomClosed",
  "ballotMissing",
];

describe("what a peer may do here", () => {
  it("is decided for every kind of word, and each scope is needed by something", () => {
    const ruled = [...FREE, ...Object.values(WITH).flat()];
    assert.deepEqual(ruled.toSorted(), KINDS.toSorted());
    assert.deepEqual(
      new Set(KINDS.map(scopeNeeded)),
      new Set([null, ...Scope.options]),
    );
  });

  for (const granted of SETS)
    it(`with ${granted.join(" and ") || "nothing"} granted is just what these allow`, () => {
      const allowed = [...FREE, ...granted.flatMap((scope) => WITH[scope])];
      for (const kind of KINDS) {
        assert.equal(mayTake({ kind }, granted), allowed.includes(kind), kind);
        const hidden = ["cards", "report", "event", "roomOpened"].includes(
          kind,
        );
        assert.equal(
          maySend({ kind }, granted),
          !hidden || granted.includes("observe"),
          `to show ${kind}`,
        );
      }
    });

  it("is nothing for a word this version does not know", () => {
    for (const kind of ["shell", "toString", "__proto__", ""]) {
      assert.equal(mayTake({ kind: kind as Kind }, Scope.options), false);
      assert.equal(maySend({ kind: kind as Kind }, Scope.options), false);
    }
  });
});
