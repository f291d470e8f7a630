import type { ReviewScope } from "../protocol/event.ts";
import type { ReviewFinding } from "../protocol/findings.ts";
import type { DecisionCard, MissionDetail } from "../protocol/panel.ts";
import type { ReviewReport } from "../protocol/reviewReport.ts";

/** A review as one document for scripts; undefined while nothing was found to review. Text in it is as agents and tools wrote it. */
export function reviewReport(
  mission: MissionDetail,
  scope: ReviewScope,
): ReviewReport | undefined {
  const { change } = mission;
  if (change === null) return undefined;
  const decision = mission.decisions.findLast(
    ({ subject }) => subject === "change",
  );
  return {
    v: 1,
    missionId: mission.missionId,
    repository: mission.repoRoot,
    scope,
    base: change.base,
    head: change.commit,
    tree: change.tree,
    files: change.files,
    outcome: mission.outcome,
    decision: decisionOf(decision),
    evidenceOnly: opinions(decision) === 0,
    checks: (decision?.evidence ?? []).map(
      ({ id, tool, status, required, summary, durationMs }) => ({
        ...{ id, tool, status, required, summary, durationMs },
      }),
    ),
    findings: mission.findings.map(findingOf),
    cost: {
      model: mission.model,
      calls: mission.spent.calls,
      microUsd: mission.spent.microUsd,
    },
    problem: mission.problem,
  };
}

function decisionOf(card: DecisionCard | undefined): ReviewReport["decision"] {
  if (card === undefined)
    return {
      outcome: "open",
      because: "",
      electorate: 0,
      ballots: 0,
      rounds: 0,
    };
  return {
    outcome: card.phase === "voting" ? "open" : card.phase,
    because: card.because,
    electorate: card.electors.length,
    ballots: ballotsOf(card).length,
    rounds: card.tallies.length,
  };
}

/** Ballots that say something of the change; an abstention is presence only. */
function opinions(card: DecisionCard | undefined): number {
  if (card === undefined) return 0;
  return ballotsOf(card).filter(({ verdict }) => verdict !== "abstain").length;
}

function ballotsOf({ electors }: DecisionCard): readonly {
  readonly verdict: string;
}[] {
  return electors.flatMap(({ shown }) =>
    shown.state === "open" ? [shown.ballot] : [],
  );
}

function findingOf(found: ReviewFinding): ReviewReport["findings"][number] {
  const { findingId, path, line, claim, severity, standing, blocks } = found;
  const { rule, verified, fix } = found;
  return {
    ...{ id: findingId, path, line, claim, severity, standing, blocks },
    ...(rule !== undefined && { rule }),
    ...(verified && {
      verified: {
        verdict: verified.verdict,
        by: verified.by,
        reason: verified.reason,
      },
    }),
    raisedBy: found.raisedBy.map(({ agentId }) => agentId),
    ...(fix && { fix }),
    earlier: found.earlier,
    state: found.state.kind,
  };
}
