import type { Metrics } from "../../ports/monitoring.ts";
import type { Recorded } from "../../protocol/event.ts";
import { boundedMap } from "./boundedMap.ts";

/** Decisions that are remembered while they are open. */
const MAX_OPEN = 1000;

/** Counts decisions as they are made. Where the first round was before this process, only the outcome is counted and the deadline taken as met unknown. */
export function countDecisions(metrics: Metrics): (event: Recorded) => void {
  const open = boundedMap<string, { readonly at: number; deadline: number }>(
    MAX_OPEN,
  );

  function ended(
    event: Recorded,
    decisionId: string,
    subject: string,
    outcome: string,
  ): void {
    const round = open.get(decisionId);
    open.delete(decisionId);
    const in_time =
      round === undefined
        ? "unknown"
        : event.at <= round.deadline
          ? "yes"
          : "no";
    metrics.count("roundtable_decisions_total", { subject, outcome, in_time });
    if (round !== undefined)
      metrics.observe(
        "roundtable_decision_duration_seconds",
        (event.at - round.at) / 1000,
        { subject },
      );
  }

  return (event) => {
    switch (event.type) {
      case "RoundOpened": {
        const { decisionId, deadline } = event.data;
        const at = open.get(decisionId)?.at ?? event.at;
        open.set(decisionId, { at, deadline });
        break;
      }
      case "BallotCast": {
        const { agentId: agent, verdict } = event.data.ballot;
        metrics.count("roundtable_ballots_total", { agent, verdict });
        break;
      }
      case "DecisionMade": {
        const { decisionId, subject, outcome } = event.data;
        ended(event, decisionId, subject, outcome);
        break;
      }
      case "DecisionEscalated": {
        const { decisionId, subject } = event.data;
        ended(event, decisionId, subject, "escalated");
        metrics.count("roundtable_escalations_total", { subject });
        break;
      }
      default:
    }
  };
}
