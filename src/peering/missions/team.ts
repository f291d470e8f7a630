import type { AnswerOf, Work } from "../../protocol/work.ts";
import type { Elector } from "../../protocol/consensus.ts";
import type { Reply, Team } from "../../ports.ts";
import type { FarVoters } from "./voters.ts";

/**
 * The team of a mission with electors of other hubs: they are asked for their ballots and for nothing else, everybody else as before. Its seats
 * are those at this hub, because only they can be given work.
 */
export function teamAcross(
  team: Team,
  voters: FarVoters,
  electorate: readonly Elector[],
): Team {
  const far = new Map(
    electorate
      .filter(({ hub }) => hub !== "local")
      .map((elector) => [elector.agentId, elector]),
  );

  const askFar = async (
    elector: Elector,
    work: Work,
    signal: AbortSignal,
  ): Promise<Reply> =>
    work.kind === "ballot"
      ? voters.ask(elector, work, signal)
      : {
          ok: false,
          code: "agent-missing",
          message: `${elector.name} sits at another hub and only votes here.`,
        };

  return {
    seats: () => team.seats(),
    answered(agentId, missionId, key) {
      const elector = far.get(agentId);
      if (elector === undefined) return team.answered(agentId, missionId, key);
      const [kind, decisionId, round] = key.split("/");
      return (
        kind === "ballot" &&
        voters.answered(elector, decisionId ?? "", Number(round))
      );
    },
    async ask<W extends Work>(agentId: string, work: W, signal: AbortSignal) {
      const elector = far.get(agentId);
      if (elector === undefined) return team.ask(agentId, work, signal);
      // A ballot is answered with a ballot, and everything else with no.
      return (await askFar(elector, work, signal)) as Reply<
        AnswerOf<W["kind"]>
      >;
    },
    doubled: (_missionId, decisionId) => voters.doubled(decisionId),
  };
}
