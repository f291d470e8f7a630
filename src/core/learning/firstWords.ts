import { electors, type DecisionState } from "../consensus/decision.ts";
import { sameClaim } from "../consensus/similarity.ts";
import type {
  Ballot,
  Cluster,
  Elector,
  Finding,
} from "../../protocol/consensus.ts";

/** An elector with the ballot that was sealed before any other was read. */
export interface FirstWord {
  readonly elector: Elector;
  readonly ballot: Ballot;
}

/** The local electors who took a side in the first round. Peers are not learned about: their hub vouches for them. */
export function firstWords(state: DecisionState): readonly FirstWord[] {
  return electors(state)
    .filter(({ hub }) => hub === "local")
    .flatMap((elector) => {
      const ballot = state.ballots.find(
        ({ agentId, round }) => agentId === elector.agentId && round === 1,
      );
      return ballot === undefined || ballot.verdict === "abstain"
        ? []
        : [{ elector, ballot }];
    });
}

/** The clusters of the first tally, made of the sealed ballots. */
export function firstClusters({ tallies }: DecisionState): readonly Cluster[] {
  return tallies.find(({ round }) => round === 1)?.clusters ?? [];
}

/** The cluster of the first tally that makes this claim, if any did. */
export function firstClusterOf(
  state: DecisionState,
  { path, claim }: Finding,
): Cluster | undefined {
  const here = firstClusters(state).filter(
    ({ representative }) => representative.path === path,
  );
  return (
    here.find(({ representative }) => representative.claim === claim) ??
    here.find(({ representative }) => sameClaim(representative.claim, claim))
  );
}
