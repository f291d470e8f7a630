/** The rule under test: the score and the trust that ship, fed with ballots. */
import { discountedSum, votesOf } from "../../../src/core/consensus/score.ts";
import {
  emptyTrust,
  learnTrust,
  type TrustCounts,
} from "../../../src/core/trust/trust.ts";
import { MOST, VOTE_CLASS, voteWeight } from "../../../src/core/trust/weigh.ts";
import type { Ballot, Elector } from "../../../src/protocol/consensus.ts";

/** Names of models no two of which are versions of one another. */
const NAMES = [
  "ash",
  "birch",
  "cedar",
  "elm",
  "fir",
  "hazel",
  "oak",
  "pine",
  "yew",
];

/** An elector of the voter's number: a lineage of its own, the same role. */
export function seatOf(voter: number, weight: number, hub = "local"): Elector {
  const name = NAMES[voter % NAMES.length] ?? "";
  return {
    agentId: `${hub}/${String(voter)}`,
    role: "reviewer",
    name,
    lineage: lineageOf(voter),
    hub,
    weight,
  };
}

function lineageOf(voter: number): string {
  return NAMES[voter % NAMES.length] ?? "";
}

/** The score of a plan by what each of the electors votes, undefined where it says nothing. */
export function scoreOf(
  electorate: readonly Elector[],
  approves: readonly (boolean | undefined)[],
): number {
  const ballots = electorate.flatMap(
    ({ agentId, lineage }, index): Ballot[] => {
      const approve = approves[index];
      return approve === undefined
        ? []
        : [
            {
              agentId,
              round: 1,
              artifactHash: "",
              verdict: approve ? "approve" : "block",
              confidence: 50,
              reason: "",
              findings: [],
              lineage,
            },
          ];
    },
  );
  return discountedSum(votesOf(electorate, ballots));
}

/** The weight a known accuracy earns: its log-odds, held to what the protocol allows. */
export function weightOf(accuracy: number): number {
  const logOdds = Math.round(1000 * Math.log(accuracy / (1 - accuracy)));
  return Math.min(MOST, Math.max(0, logOdds));
}

/** Trust in the first voters, learned from what proposals proved to be. */
export interface Learner {
  weights(): readonly number[];
  /** One outcome: how each voted, and whether the proposal was good. */
  learn(approves: readonly boolean[], good: boolean): void;
}

export function newLearner(voters: number): Learner {
  let trust: TrustCounts = emptyTrust;
  let decisions = 0;
  return {
    weights: () =>
      Array.from({ length: voters }, (_, voter) =>
        voteWeight(trust, lineageOf(voter), "reviewer"),
      ),
    learn(approves, good) {
      decisions += 1;
      for (const [voter, approve] of approves.entries())
        trust = learnTrust(trust, {
          decisionId: `d${String(decisions)}`,
          agentId: String(voter),
          lineage: lineageOf(voter),
          role: "reviewer",
          class: VOTE_CLASS,
          flagged: !approve,
          real: !good,
          source: "human",
          weight: 1000,
          what: "",
          at: "",
        });
    },
  };
}
