/** Juries whose trust is learned while they decide. */
import { chanceFrom, seedOf } from "./chance.ts";
import { normalQuantile } from "./juryMath.ts";
import { newLearner, scoreOf, seatOf } from "./juryRule.ts";

/** Voters, and groups of them that share a latent factor. */
export interface Team {
  readonly accuracies: readonly number[];
  /** Voters of each group with its latent correlation; who is in none is independent. */
  readonly groups: readonly {
    readonly voters: readonly number[];
    readonly correlation: number;
  }[];
  /** A voter that is always wrong from a step on. */
  readonly turncoat?: { readonly voter: number; readonly from: number };
}

/** What trust is learned from: how proposals turned out, or what most of the team said. */
export type Teacher = "outcomes" | "agreement";

/** How often each rule was right in the second half of a run. */
export interface OnlineFigures {
  readonly majority: number;
  readonly ours: number;
  /** Decisions counted. */
  readonly draws: number;
}

const STEPS = 500;
const COUNTED = 250;

/** `runs` teams of 500 decisions each, one half of the proposals good; counted are the last 250 decisions of each. `known` of all outcomes ever become known. */
export function online(
  name: string,
  team: Team,
  options: {
    readonly seed: number;
    readonly runs: number;
    readonly teacher?: Teacher;
    readonly known?: number;
  },
): OnlineFigures {
  const { seed, runs, teacher = "outcomes", known = 1 } = options;
  const bars = team.accuracies.map(normalQuantile);
  let ours = 0;
  let majority = 0;
  for (let index = 0; index < runs; index += 1) {
    const chance = chanceFrom(seedOf("jury", name, teacher, seed, index));
    const normal = normalFrom(chance);
    const learner = newLearner(bars.length);
    for (let step = 0; step < STEPS; step += 1) {
      const good = chance() < 0.5;
      const right = draw(team, bars, normal, step);
      const approves = right.map((is) => is === good);
      const most = approves.filter(Boolean).length * 2 - approves.length;
      if (step >= STEPS - COUNTED) {
        const weights = learner.weights();
        const score = scoreOf(
          weights.map((weight, voter) => seatOf(voter, weight)),
          approves,
        );
        ours += credit(score, good);
        majority += credit(most, good);
      }
      if (chance() < known)
        learner.learn(approves, teacher === "outcomes" ? good : most > 0);
    }
  }
  const draws = runs * COUNTED;
  return { ours: ours / draws, majority: majority / draws, draws };
}

function credit(score: number, good: boolean): number {
  if (score === 0) return 0.5;
  return score > 0 === good ? 1 : 0;
}

/** Who is right: each voter's latent value, √r of its group's factor and √(1 − r) of its own, lies below its bar. */
function draw(
  { accuracies, groups, turncoat }: Team,
  bars: readonly number[],
  normal: () => number,
  step: number,
): boolean[] {
  const latent = accuracies.map(() => normal());
  for (const { voters, correlation } of groups) {
    const factor = normal();
    for (const voter of voters)
      latent[voter] =
        Math.sqrt(correlation) * factor +
        Math.sqrt(1 - correlation) * (latent[voter] ?? 0);
  }
  const turned = turncoat !== undefined && step >= turncoat.from;
  return latent.map((value, voter) =>
    turned && voter === turncoat.voter ? false : value < (bars[voter] ?? 0),
  );
}

/** Standard normal numbers, by Box and Muller. */
function normalFrom(chance: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - chance()));
    const angle = 2 * Math.PI * chance();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
