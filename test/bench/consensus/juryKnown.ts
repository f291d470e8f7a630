/** Juries whose accuracies are known: what is exact, and whether a simulation agrees. */
import { chanceFrom, seedOf } from "./chance.ts";
import {
  accuracyOf,
  allBallots,
  ceilingOf,
  exchangeableMajority,
  independentMajority,
  majority,
  type Ballots,
  type Jury,
} from "./juryMath.ts";
import { scoreOf, seatOf, weightOf } from "./juryRule.ts";

/** One team: exact shares of right decisions, and what 200,000 draws say. */
export interface Row {
  readonly accuracies: readonly number[];
  readonly correlation: number;
  readonly best: number;
  readonly majority: number;
  readonly ours: number;
  readonly ceiling: number;
  readonly oursSimulated: number;
  readonly majoritySimulated: number;
}

/** A closed formula beside 200,000 draws. */
interface Formula {
  readonly formula: string;
  readonly exact: number;
  readonly simulated: number;
}

/** How far the rule falls behind, over many teams. */
interface Grid {
  readonly cells: number;
  /** Least of ours − majority, over all cells. */
  readonly worstToMajority: number;
  /** Least of ours − best voter, over the cells with a correlation of .3 and more. */
  readonly worstToBest: number;
  readonly behindMajority: number;
  readonly behindBest: number;
}

export interface KnownFigures {
  readonly rows: readonly Row[];
  readonly formulas: readonly Formula[];
  /** Greatest distance of a simulated value from its exact one. */
  readonly worstError: number;
  /** The teams that bars are held to. */
  readonly grid: Grid;
  /** All teams of five different accuracies from .55 to .90, without a bar: no rule with fixed discounts is best for all of them. */
  readonly lattice: Grid;
}

const DRAWS = 200_000;
const CORRELATIONS = [0, 0.1, 0.3, 0.5];
const TEAMS: readonly (readonly number[])[] = [
  [0.55, 0.6, 0.6, 0.85, 0.9],
  [0.6, 0.65, 0.7, 0.8, 0.9],
  [0.65, 0.7, 0.7, 0.75, 0.8],
  [0.6, 0.6, 0.6, 0.6, 0.6],
  [0.7, 0.7, 0.7, 0.7, 0.7],
  [0.8, 0.8, 0.8, 0.8, 0.8],
  [0.6, 0.6, 0.6, 0.6, 0.9],
  [0.6, 0.7, 0.8],
  [0.7, 0.7, 0.7],
];

/** Exact values by quadrature, closed formulas, and the simulation held against both. */
export function knownFigures(seed: number): KnownFigures {
  const rows = TEAMS.slice(0, 3).flatMap((accuracies) =>
    [0, 0.3, 0.5].map((correlation) =>
      rowOf({ accuracies, correlation }, seed),
    ),
  );
  const formulas = formulasOf(seed);
  const errors = [
    ...rows.flatMap((row) => [
      row.ours - row.oursSimulated,
      row.majority - row.majoritySimulated,
    ]),
    ...formulas.map(({ exact, simulated }) => exact - simulated),
  ];
  return {
    rows,
    formulas,
    worstError: Math.max(...errors.map(Math.abs)),
    grid: gridOf(TEAMS),
    lattice: gridOf(fives([0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9])),
  };
}

/** Each set of ballots with the score of the shipped rule, whose weights are the log-odds of the known accuracies. */
function scoresOf(
  { accuracies }: Jury,
  ballots: readonly Ballots[],
): readonly number[] {
  const seats = accuracies.map((accuracy, voter) =>
    seatOf(voter, weightOf(accuracy)),
  );
  return ballots.map(({ right }) => scoreOf(seats, right));
}

function exactly(
  ballots: readonly Ballots[],
  scores: readonly number[],
): number {
  let index = 0;
  return accuracyOf(ballots, () => scores[index++] ?? 0);
}

function rowOf(jury: Jury, seed: number): Row {
  const ballots = allBallots(jury);
  const scores = scoresOf(jury, ballots);
  const chance = chanceFrom(
    seedOf("jury", "row", seed, ...jury.accuracies, jury.correlation),
  );
  let ours = 0;
  let most = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    let left = chance();
    let index = 0;
    // The set of ballots whose share of the unit interval was hit.
    for (; index < ballots.length - 1; index += 1) {
      left -= ballots[index]?.probability ?? 0;
      if (left < 0) break;
    }
    ours += credit(scores[index] ?? 0);
    most += credit(majority(ballots[index]?.right ?? []));
  }
  return {
    ...jury,
    best: Math.max(...jury.accuracies),
    majority: accuracyOf(ballots, majority),
    ours: exactly(ballots, scores),
    ceiling: ceilingOf(ballots),
    oursSimulated: ours / DRAWS,
    majoritySimulated: most / DRAWS,
  };
}

function credit(score: number): number {
  return score > 0 ? 1 : score === 0 ? 0.5 : 0;
}

/** Majorities with a closed formula, drawn by urns: who is right makes the next right likelier, by just the correlation ρ. */
function formulasOf(seed: number): readonly Formula[] {
  const drawn = (size: number, p: number, rho: number): number => {
    const chance = chanceFrom(seedOf("jury", "urn", seed, size, p, rho));
    const all = rho === 0 ? Infinity : (1 - rho) / rho;
    let sum = 0;
    for (let draw = 0; draw < DRAWS; draw += 1) {
      let right = 0;
      for (let voter = 0; voter < size; voter += 1) {
        const share = all === Infinity ? p : (p * all + right) / (all + voter);
        if (chance() < share) right += 1;
      }
      sum += credit(2 * right - size);
    }
    return sum / DRAWS;
  };
  return [
    ...[0.6, 0.7, 0.8].map((p) => ({
      formula: `majority of 5, p = ${String(p)}, independent`,
      exact: independentMajority(5, p),
      simulated: drawn(5, p, 0),
    })),
    ...[3, 5, 9].map((size) => ({
      formula: `majority of ${String(size)}, p = 0.7, ρ = 0.28`,
      exact: exchangeableMajority(size, 0.7, 0.28),
      simulated: drawn(size, 0.7, 0.28),
    })),
  ];
}

function gridOf(teams: readonly (readonly number[])[]): Grid {
  const cells = teams.flatMap((accuracies) =>
    CORRELATIONS.map((correlation) => {
      const jury = { accuracies, correlation };
      const ballots = allBallots(jury);
      const ours = exactly(ballots, scoresOf(jury, ballots));
      return {
        correlation,
        toMajority: ours - accuracyOf(ballots, majority),
        toBest: ours - Math.max(...accuracies),
      };
    }),
  );
  const correlated = cells.filter(({ correlation }) => correlation >= 0.3);
  return {
    cells: cells.length,
    worstToMajority: Math.min(...cells.map(({ toMajority }) => toMajority)),
    worstToBest: Math.min(...correlated.map(({ toBest }) => toBest)),
    behindMajority: cells.filter(({ toMajority }) => toMajority < -0.012)
      .length,
    behindBest: correlated.filter(({ toBest }) => toBest < -0.01).length,
  };
}

/** All subsets of five. */
function fives(values: readonly number[]): readonly (readonly number[])[] {
  const subsets = (size: number, from: number): (readonly number[])[] =>
    size === 0
      ? [[]]
      : values
          .slice(from)
          .flatMap((value, index) =>
            subsets(size - 1, from + index + 1).map((rest) => [value, ...rest]),
          );
  return subsets(5, 0);
}
