/** Required checks: facts that no vote can outweigh. */
import type { Evidence } from "../../protocol/consensus.ts";
import { compareText } from "./order.ts";

/** The first required check that failed, by id. */
export function failedGate(
  evidence: readonly Evidence[],
): Evidence | undefined {
  return firstRequired(evidence, (status) => status === "FAIL");
}

/** The first required check, by id, that neither passed nor failed: no vote can stand in for it. */
export function gateNotRun(
  evidence: readonly Evidence[],
): Evidence | undefined {
  return firstRequired(
    evidence,
    (status) => status === "ERROR" || status === "NOT_RUN",
  );
}

function firstRequired(
  evidence: readonly Evidence[],
  matches: (status: Evidence["status"]) => boolean,
): Evidence | undefined {
  return evidence
    .filter(({ required, status }) => required && matches(status))
    .toSorted((a, b) => compareText(a.id, b.id))[0];
}
