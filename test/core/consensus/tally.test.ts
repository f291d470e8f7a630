import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tally } from "../../../src/core/consensus/tally.ts";
import type {
  Evidence,
  Rules,
  Tally,
} from "../../../src/protocol/consensus.ts";
import { RULES, ballot, elector, evidence, finding } from "./table.ts";

/** One local elector of the role `guard` with just the weight of the bar votes on a plan. */
function alone(
  verdict: "approve" | "block",
  more: {
    readonly weight?: number;
    readonly rules?: Partial<Rules>;
    readonly evidence?: readonly Evidence[];
    readonly cites?: string;
  } = {},
): Tally {
  const findings =
    more.cites === undefined ? [] : [finding({ evidenceRef: more.cites })];
  return tally({
    round: 1,
    subject: "plan",
    electorate: [elector("guard", { weight: more.weight ?? 1099 })],
    rules: { ...RULES, vetoRoles: ["guard"], ...more.rules },
    evidence: more.evidence ?? [],
    ballots: [ballot("guard", { verdict, findings })],
  });
}

describe("the bar", () => {
  it("is reached by exactly its weight, on either side, and not by less", () => {
    assert.equal(alone("approve").outcome, "approved");
    assert.equal(alone("approve", { weight: 1098 }).outcome, "split");
    assert.equal(alone("block").outcome, "blocked");
    assert.equal(alone("block", { weight: 1098 }).outcome, "split");
  });

  it("is measured from the prior", () => {
    const doubtful = alone("approve", { rules: { prior: 250 } });
    assert.equal(doubtful.score, 0);
    assert.equal(doubtful.outcome, "split");
  });
});

describe("a check that is not required", () => {
  it("weighs against when it failed, and nothing when it could not run", () => {
    for (const [status, score] of [
      ["FAIL", 1099 - 847],
      ["ERROR", 1099],
      ["NOT_RUN", 1099],
      ["PASS", 1099],
    ] as const)
      assert.equal(
        alone("approve", { evidence: [evidence("e1", { status })] }).score,
        score,
      );
  });
});

describe("a veto", () => {
  it("is a block with evidence; whoever approves and cites the same does not veto", () => {
    const shown = { evidence: [evidence("e1")], cites: "e1", weight: 2200 };
    const vetoed = alone("block", shown);
    assert.equal(vetoed.outcome, "blocked");
    assert.match(vetoed.because, /guard \(guard\) vetoes/u);
    assert.equal(alone("approve", shown).outcome, "approved");
  });
});
