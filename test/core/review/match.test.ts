import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  matchReview,
  type Between,
  type PlaceNow,
} from "../../../src/core/review/match.ts";
import type { ReviewFinding } from "../../../src/protocol/findings.ts";

const tool = { agentId: "tool:lint", name: "lint", role: "tool" };
const agent = { agentId: "sec", name: "Security", role: "security" };

function finding(
  findingId: string,
  over: Partial<ReviewFinding> = {},
): ReviewFinding {
  return {
    findingId,
    missionId: "m",
    path: "a.js",
    line: 10,
    claim: "The shell runs what the caller sends",
    severity: "high",
    standing: "SINGLE",
    raisedBy: [agent],
    evidence: [],
    blocks: false,
    minority: true,
    earlier: false,
    state: { kind: "open" },
    explanations: [],
    ...over,
  };
}

const still: Between = {
  placeNow: (path, line) => ({ path, line, changed: false }),
  hasRun: () => true,
};
const at = (place: PlaceNow | null): Between => ({
  ...still,
  placeNow: () => place,
});

describe("a review of the same scope as an earlier one", () => {
  it("finds a moved finding again under its first name, with its dismissal and what was said of it", () => {
    const was = finding("old", {
      state: {
        kind: "dismissed",
        why: "wontFix",
        reason: "Internal.",
        by: "human",
      },
      explanations: [{ question: "Why?", answer: "So.", by: "Security" }],
    });
    const now = finding("new", {
      line: 55,
      claim: "Whatever the caller sends is run by the shell",
    });
    const { same, kept, gone } = matchReview(
      [was],
      [now],
      at({ path: "a.js", line: 54, changed: false }),
    );
    assert.deepEqual(same, [
      {
        own: "new",
        findingId: "old",
        dismissed: { why: "wontFix", reason: "Internal.", by: "human" },
        explanations: [{ question: "Why?", answer: "So.", by: "Security" }],
      },
    ]);
    assert.deepEqual([kept, gone], [[], []]);
  });

  it("follows a file that was renamed", () => {
    const { same } = matchReview(
      [finding("old")],
      [finding("new", { path: "b.js" })],
      at({ path: "b.js", line: 10, changed: false }),
    );
    assert.equal(same[0]?.findingId, "old");
  });

  it("takes two claims of one rule for two, each for the one that is nearer", () => {
    const both = (a: string, b: string): readonly ReviewFinding[] => [
      finding(a, { line: 10, rule: "r" }),
      finding(b, { line: 12, rule: "r" }),
    ];
    const { same } = matchReview(both("p", "q"), both("y", "x"), still);
    assert.deepEqual(
      same.map(({ own, findingId }) => [findingId, own]),
      [
        ["p", "y"],
        ["q", "x"],
      ],
    );
  });

  it("never pairs another rule, another claim, or a place far away", () => {
    const was = finding("old", { rule: "r" });
    for (const other of [
      finding("new", { rule: "s" }),
      finding("new", { line: 30, rule: "r" }),
      finding("new", { path: "c.js", rule: "r" }),
    ])
      assert.deepEqual(matchReview([was], [other], still).same, []);
    assert.deepEqual(
      matchReview(
        [finding("old")],
        [finding("new", { claim: "Totals are rounded twice" })],
        still,
      ).same,
      [],
    );
  });

  it("settles what is not found again where its line changed or its file is gone", () => {
    for (const place of [{ path: "a.js", line: 9, changed: true }, null]) {
      const { kept, gone } = matchReview([finding("old")], [], at(place));
      assert.deepEqual([kept, gone], [[], ["old"]]);
    }
  });

  it("settles what only tools had raised when all of them ran again, and keeps it when one did not", () => {
    const was = finding("old", { raisedBy: [tool] });
    assert.deepEqual(matchReview([was], [], still).gone, ["old"]);
    const { gone, kept } = matchReview([was], [], {
      ...still,
      hasRun: () => false,
    });
    assert.deepEqual(gone, []);
    assert.equal(kept[0]?.findingId, "old");
  });

  it("keeps what a model raised on unchanged lines, with its fix at its place now: silence settles nothing", () => {
    const was = finding("old", { fix: { from: 10, to: 11, text: "safe();" } });
    const { kept, gone } = matchReview(
      [was],
      [],
      at({ path: "a.js", line: 14, changed: false }),
    );
    assert.deepEqual(gone, []);
    assert.deepEqual(kept[0]?.finding, {
      path: "a.js",
      line: 14,
      claim: was.claim,
      severity: "high",
      fix: { from: 14, to: 15, text: "safe();" },
    });
  });

  it("opens again what was settled and is still there, and leaves the rest settled", () => {
    const settled = { kind: "settled", how: "fixApplied" } as const;
    const was = finding("old", { state: settled });
    const [again] = matchReview([was], [finding("new")], still).same;
    assert.deepEqual(again, {
      own: "new",
      findingId: "old",
      explanations: [],
    });
    assert.deepEqual(matchReview([was], [], still), {
      same: [],
      kept: [],
      gone: [],
    });
  });
});
