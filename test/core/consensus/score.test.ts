import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  DEFAULT_WEIGHT,
  discountedSum,
  logit,
  votesOf,
} from "../../../src/core/consensus/score.ts";
import { ballot, elector } from "./table.ts";

describe("the score", () => {
  it("measures probabilities in whole milli-logits", () => {
    assert.deepEqual([1, 250, 500, 700, 750, 999].map(logit), [
      -6907,
      -1099,
      0,
      DEFAULT_WEIGHT,
      1099,
      6907,
    ]);
    for (let perMille = 1; perMille < 1000; perMille += 1)
      assert.equal(logit(perMille) + logit(1000 - perMille), 0);
  });

  it("divides the i-th strongest vote by 1 + 0.4 i; equals share their places", () => {
    assert.equal(discountedSum([]), 0);
    assert.equal(discountedSum([1400, 1000]), 1400 + 714);
    assert.equal(discountedSum([1000, -1400]), 714 - 1400);
    assert.equal(discountedSum([700, 700]), 700 + 500);
    assert.equal(discountedSum([700, -700, 700, -700]), 0);
    assert.equal(discountedSum([0, 0]), 0);
  });

  it("gives a vote to locals who approve or block, and one capped vote to a peer hub", () => {
    const table = [
      elector("a"),
      elector("b", { weight: 900 }),
      elector("c"),
      elector("x", { hub: "hub-b", weight: 2200 }),
      elector("y", { hub: "hub-b", weight: 2200 }),
      elector("z", { hub: "hub-c", weight: 100 }),
    ];
    const ballots = [
      ballot("a"),
      ballot("b", { verdict: "block" }),
      ballot("c", { verdict: "abstain" }),
      ballot("x"),
      ballot("y"),
      ballot("z", { verdict: "block" }),
    ];
    assert.deepEqual(votesOf(table, ballots), [847, -900, 0, 900, -100]);
    assert.equal(discountedSum(votesOf(table.slice(3), ballots)), 0);
  });
});
