import type { DecisionState } from "../consensus/decision.ts";
import { findingIds } from "../review/identity.ts";
import type { Recorded } from "../../protocol/event.ts";
import { settledByHuman, type ClaimOutcome } from "./claimOutcomes.ts";
import { firstClusterOf } from "./firstWords.ts";

/**
 * What people said of findings of the mission's last decision on a change: dismissed as wrong, it was not real; not to be fixed, or fixed with the edit it came
 * with, it was. Out of scope says nothing of it, and neither does a later review that finds it gone.
 */
export function dismissals(
  missionId: string,
  events: readonly Recorded[],
  state: DecisionState,
): readonly ClaimOutcome[] {
  const clusters = state.tallies.at(-1)?.clusters ?? [];
  const own = findingIds(
    missionId,
    clusters.map(({ representative }) => representative),
  );
  const matched = events.findLast((event) => event.type === "FindingsMatched");
  const idOf = (index: number): string => {
    const id = own[index] ?? "";
    return matched?.data.same.find((pair) => pair.own === id)?.findingId ?? id;
  };
  return events.flatMap((event) => {
    const real = wordOf(event);
    if (real === undefined) return [];
    const index = clusters.findIndex((_, at) => idOf(at) === real.findingId);
    const said = clusters[index];
    const cluster = said && firstClusterOf(state, said.representative);
    return cluster === undefined ? [] : [settledByHuman(cluster, real.real)];
  });
}

function wordOf(
  event: Recorded,
): { readonly findingId: string; readonly real: boolean } | undefined {
  if (event.type === "FindingDismissed") {
    const { findingId, why } = event.data;
    return why === "outOfScope"
      ? undefined
      : { findingId, real: why !== "wrong" };
  }
  return event.type === "FindingSettled" && event.data.how === "fixApplied"
    ? { findingId: event.data.findingId, real: true }
    : undefined;
}
