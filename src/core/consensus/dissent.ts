/** What a decision went against, kept with it. */
import type { Ballot, Dissent, Finding } from "../../protocol/consensus.ts";
import { canonicalJson } from "../json.ts";
import { afterVerification, groupsOf } from "./groups.ts";
import type { DecisionState, TeamOutcome } from "./decision.ts";
import { electors } from "./decision.ts";
import { compareText } from "./order.ts";

/**
 * One entry per agent, by id, that some ballot of any round puts at odds with the outcome: the other side's ballots, abstentions, findings
 * nobody else raised and nobody confirmed, findings a verifier refuted, and all the senior model found. Escalation settles nothing, so there
 * every ballot is kept and the human sees all sides.
 */
export function dissentOf(
  state: DecisionState,
  outcome: TeamOutcome["kind"],
): Dissent[] {
  const { senior } = state;
  const minority = minorityFindings(state);
  const ballots =
    senior === undefined ? state.ballots : [...state.ballots, senior];
  const speakers = [
    ...electors(state).map(({ agentId }) => agentId),
    ...(senior === undefined ? [] : [senior.agentId]),
  ];
  return [...new Set(speakers)].toSorted(compareText).flatMap((agentId) => {
    const own = ballots.filter((ballot) => ballot.agentId === agentId);
    const against = own.filter((ballot) => !sides(ballot, outcome));
    const findings = distinct([
      ...against.flatMap((ballot) => ballot.findings),
      ...(minority.get(agentId) ?? []),
      ...(senior?.agentId === agentId ? senior.findings : []),
    ]);
    const said = against.at(-1) ?? own.at(-1);
    return said === undefined || (against.length === 0 && findings.length === 0)
      ? []
      : [{ agentId, reason: said.reason, findings }];
  });
}

function sides({ verdict }: Ballot, outcome: TeamOutcome["kind"]): boolean {
  if (outcome === "escalated") return false;
  return verdict === (outcome === "approved" ? "approve" : "block");
}

/** Findings that stood alone in their round or were refuted, by agent. */
function minorityFindings(
  state: DecisionState,
): ReadonlyMap<string, readonly Finding[]> {
  const byAgent = new Map<string, Finding[]>();
  for (let round = 1; round <= (state.round?.round ?? 0); round += 1) {
    const ballots = state.ballots.filter((ballot) => ballot.round === round);
    for (const group of groupsOf(electors(state), state.evidence, ballots)) {
      const { standing, verified } = afterVerification(
        group.cluster,
        state.claims ?? [],
        state.verifications,
      );
      if (standing !== "SINGLE" && verified !== "refuted") continue;
      for (const { raiser, finding } of group.members)
        byAgent.set(raiser, [...(byAgent.get(raiser) ?? []), finding]);
    }
  }
  return byAgent;
}

function distinct(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(
      findings.map((finding) => [canonicalJson(finding), finding]),
    ).values(),
  ];
}
