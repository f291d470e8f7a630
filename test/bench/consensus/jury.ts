/** Juries without a model: the shipped score and trust against exact formulas, ceilings and attacks. Deterministic from a seed. */
import { tally } from "../../../src/core/consensus/tally.ts";
import type {
  Ballot,
  Elector,
  Rules,
} from "../../../src/protocol/consensus.ts";
import { chanceFrom, seedOf } from "./chance.ts";
import { knownFigures, type KnownFigures } from "./juryKnown.ts";
import {
  accuracyOf,
  allBallots,
  independentMajority,
  majority,
} from "./juryMath.ts";
import { online, type OnlineFigures, type Team } from "./juryOnline.ts";
import { scoreOf, seatOf, weightOf } from "./juryRule.ts";

/** A team whose trust was learned while it decided. */
interface Learned extends OnlineFigures {
  /** The same with one outcome in five ever becoming known. */
  readonly oneInFiveKnown: number;
}

/** What juries showed; shares of right decisions unless said otherwise. */
export interface JuryFigures extends KnownFigures {
  readonly seed: number;
  readonly skewed: Learned;
  readonly cloneTrap: Learned;
  /** The same team with trust learned from agreement with most of it: what not to do. */
  readonly cloneTrapByAgreement: number;
  readonly turncoat: Learned;
  /** Five honest voters at .8 and one hub whose `k` electors are always wrong: right and wrong decisions, for one and for more of them. */
  readonly forged: readonly {
    readonly k: number;
    readonly right: number;
    readonly wrong: number;
    readonly naiveMajority: number;
  }[];
  /** Good changes and plans blocked by reviewers that veto one in ten of them without evidence, out of `tried`; and what a veto of anyone would block. */
  readonly vetoes: {
    readonly tried: number;
    readonly falseBlocks: number;
    readonly anyVetoBlocks: number;
  };
}

const ALL = [0, 1, 2, 3, 4];
/** 800 runs of 250 counted decisions: 200,000 draws. */
const RUNS = 800;

const SKEWED: Team = {
  accuracies: [0.55, 0.6, 0.6, 0.85, 0.9],
  groups: [{ voters: ALL, correlation: 0.3 }],
};
const CLONES: Team = {
  accuracies: [0.62, 0.62, 0.62, 0.85, 0.85],
  groups: [{ voters: [0, 1, 2], correlation: 0.95 }],
};
const TURNCOAT: Team = {
  accuracies: [0.65, 0.7, 0.7, 0.75, 0.8],
  groups: [{ voters: ALL, correlation: 0.3 }],
  turncoat: { voter: 4, from: 100 },
};

/** All figures of the jury simulation. */
export function juryFigures(seed: number): JuryFigures {
  const learned = (name: string, team: Team): Learned => ({
    ...online(name, team, { seed, runs: RUNS }),
    oneInFiveKnown: online(name, team, { seed, runs: RUNS, known: 0.2 }).ours,
  });
  return {
    seed,
    ...knownFigures(seed),
    skewed: learned("skewed", SKEWED),
    cloneTrap: learned("clones", CLONES),
    cloneTrapByAgreement: online("clones", CLONES, {
      seed,
      runs: RUNS,
      teacher: "agreement",
    }).ours,
    turncoat: learned("turncoat", TURNCOAT),
    forged: [0, 1, 2, 3, 5, 10, 50].map(forgedBy),
    vetoes: vetoes(seed),
  };
}

/** Exact: all ballots of five honest voters, and `k` ballots of one hub that are always wrong. */
function forgedBy(k: number): JuryFigures["forged"][number] {
  const honest = allBallots({
    accuracies: [0.8, 0.8, 0.8, 0.8, 0.8],
    correlation: 0,
  });
  const electorate = [
    ...ALL.map((voter) => seatOf(voter, weightOf(0.8))),
    ...Array.from({ length: k }, (_, forger) => seatOf(forger, 2200, "hub-x")),
  ];
  const score = (right: readonly boolean[]): number =>
    scoreOf(electorate, [...right, ...Array.from({ length: k }, () => false)]);
  const share = (holds: (value: number) => boolean): number =>
    honest.reduce(
      (sum, { right, probability }) =>
        sum + (holds(score(right)) ? probability : 0),
      0,
    );
  return {
    k,
    right: share((value) => value > 0),
    wrong: share((value) => value < 0),
    naiveMajority: accuracyOf(honest, (right) => majority(right) - k),
  };
}

const RULES: Rules = {
  threshold: 750,
  quorum: 600,
  maxRounds: 1,
  roundMs: 60_000,
  vetoRoles: ["reviewer"],
  requiredRoles: [],
  prior: 500,
};

/** Good changes before five reviewers with the right to a veto, each of which blocks one in ten with a grave finding of its own and a reference that shows nothing. */
function vetoes(seed: number): JuryFigures["vetoes"] {
  const chance = chanceFrom(seedOf("jury", "vetoes", seed));
  const electorate: readonly Elector[] = ALL.map((voter) =>
    seatOf(voter, weightOf(0.9)),
  );
  const tried = 20_000;
  let falseBlocks = 0;
  let anyVetoBlocks = 0;
  for (let change = 0; change < tried; change += 1) {
    const ballots = electorate.map(({ agentId, lineage }, voter): Ballot => {
      const block = chance() < 0.1;
      return {
        agentId,
        round: 1,
        artifactHash: "",
        verdict: block ? "block" : "approve",
        confidence: 90,
        reason: "",
        findings: block
          ? [
              {
                path: `src/file-${String(voter)}.ts`,
                line: 1 + Math.floor(chance() * 90),
                claim: `objection ${String(voter)}`,
                severity: "critical",
                evidenceRef: chance() < 0.5 ? "passed" : "nowhere",
              },
            ]
          : [],
        lineage,
      };
    });
    const { outcome } = tally({
      round: 1,
      subject: "change",
      electorate,
      rules: RULES,
      evidence: [
        {
          id: "passed",
          tool: "tests",
          status: "PASS",
          required: true,
          summary: "",
          findings: [],
          durationMs: 1,
        },
      ],
      ballots,
    });
    if (outcome === "blocked") falseBlocks += 1;
    if (ballots.some(({ verdict }) => verdict === "block")) anyVetoBlocks += 1;
  }
  return { tried, falseBlocks, anyVetoBlocks };
}

/** What the figures miss, one sentence each; none when all bars are met. */
export function juryMisses(figures: JuryFigures): readonly string[] {
  const {
    skewed,
    cloneTrap,
    cloneTrapByAgreement,
    turncoat,
    forged,
    vetoes: veto,
  } = figures;
  const attacked = forged.filter(({ k }) => k > 0);
  const [one] = attacked;
  const bars: readonly (readonly [boolean, string])[] = [
    [
      figures.worstError <= 0.005,
      "a simulation is more than .005 off its exact value",
    ],
    [
      Math.abs(independentMajority(5, 0.7) - 0.83692) < 1e-9,
      "the formula of a majority is wrong",
    ],
    [
      figures.grid.worstToMajority >= -0.012,
      "the rule falls more than .012 behind the majority",
    ],
    [
      figures.grid.worstToBest >= -0.01,
      "the rule falls more than .01 behind the best voter",
    ],
    [skewed.ours >= 0.88, "the skewed team is right less than .88 of the time"],
    [
      Math.abs(skewed.majority - 0.784) <= 0.005,
      "the majority of the skewed team is not .784",
    ],
    [cloneTrap.ours >= 0.85, "the clone trap catches the rule: less than .85"],
    [
      Math.abs(cloneTrap.majority - 0.67) <= 0.008,
      "the majority in the clone trap is not .670",
    ],
    [
      Math.abs(cloneTrapByAgreement - 0.63) <= 0.015,
      "trust learned from agreement does not fall to .63: the simulation cannot tell",
    ],
    [turncoat.ours >= 0.74, "a turncoat pulls the rule below .74"],
    [
      Math.abs(turncoat.majority - 0.649) <= 0.008,
      "the majority with a turncoat is not .649",
    ],
    [
      attacked.every(
        ({ right, wrong }) => right === one?.right && wrong === one.wrong,
      ),
      "more forged ballots of one hub change the outcome",
    ],
    [veto.falseBlocks === 0, "vetoes without evidence blocked"],
  ];
  return bars.filter(([met]) => !met).map(([, sentence]) => sentence);
}
