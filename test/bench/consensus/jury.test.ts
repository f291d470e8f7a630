import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  accuracyOf,
  allBallots,
  ceilingOf,
  exchangeableMajority,
  independentMajority,
  majority,
  normalBelow,
  normalQuantile,
} from "./juryMath.ts";
import { online } from "./juryOnline.ts";
import { scoreOf, seatOf, weightOf } from "./juryRule.ts";

function near(actual: number, expected: number, within = 0.0006): void {
  assert.ok(
    Math.abs(actual - expected) <= within,
    `${String(actual)} is not ${String(expected)}`,
  );
}

describe("the jury simulation", () => {
  it("knows the normal distribution", () => {
    near(normalBelow(0), 0.5, 1e-12);
    near(normalBelow(1.96), 0.9750021048517795, 1e-12);
    near(normalBelow(-6), 9.865876450376946e-10, 1e-18);
    near(normalQuantile(0.975), 1.959963984540054, 1e-9);
  });

  it("knows the majorities there are formulas for, and its quadrature agrees", () => {
    near(independentMajority(5, 0.6), 0.683);
    near(independentMajority(5, 0.7), 0.837);
    near(exchangeableMajority(5, 0.7, 0.28), 0.748);
    near(exchangeableMajority(9, 0.8, 0.28), 0.866);
    const alike = allBallots({
      accuracies: [0.7, 0.7, 0.7, 0.7, 0.7],
      correlation: 0,
    });
    near(accuracyOf(alike, majority), independentMajority(5, 0.7), 1e-9);
    near(
      alike.reduce((sum, { probability }) => sum + probability, 0),
      1,
      1e-9,
    );
  });

  it("finds the shipped score where it is known to be, below the best there can be", () => {
    for (const [accuracies, correlation, most, ours, ceiling] of [
      [[0.55, 0.6, 0.6, 0.85, 0.9], 0.3, 0.785, 0.9, 0.903],
      [[0.65, 0.7, 0.7, 0.75, 0.8], 0.3, 0.797, 0.817, 0.817],
      [[0.65, 0.7, 0.7, 0.75, 0.8], 0.5, 0.768, 0.797, 0.801],
    ] as const) {
      const ballots = allBallots({ accuracies, correlation });
      const seats = accuracies.map((p, voter) => seatOf(voter, weightOf(p)));
      near(accuracyOf(ballots, majority), most);
      near(
        accuracyOf(ballots, (right) => scoreOf(seats, right)),
        ours,
      );
      near(ceilingOf(ballots), ceiling);
    }
  });

  it("learns whom to follow, and gives the same figures from the same seed", () => {
    const team = {
      accuracies: [0.55, 0.6, 0.6, 0.85, 0.9],
      groups: [{ voters: [0, 1, 2, 3, 4], correlation: 0.3 }],
    };
    const figures = online("test", team, { seed: 7, runs: 8 });
    assert.ok(figures.ours > figures.majority + 0.05);
    assert.deepEqual(online("test", team, { seed: 7, runs: 8 }), figures);
  });
});
