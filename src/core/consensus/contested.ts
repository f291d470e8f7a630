/** What the rebuttal round shows: claims without authors and counts, in an order of its own for every reader. */
import type { Contested } from "../../protocol/consensus.ts";
import { canonicalJson } from "../json.ts";
import type { DecisionState } from "./decision.ts";
import { compareText } from "./order.ts";

/** Claims a rebuttal is about: what those who blocked in the round tallied last found, or their reason where they named no place. Sorted by content. */
export function contestedClaims(state: DecisionState): readonly Contested[] {
  const last = state.tallies.at(-1);
  // Only tallied ballots: those of the open round are sealed, and who answers early must not shape what others read.
  const blocks = state.ballots.filter(
    ({ round, verdict }) => round === last?.round && verdict === "block",
  );
  const found = (last?.clusters ?? [])
    .filter(({ raisedBy }) =>
      blocks.some(({ agentId }) => raisedBy.includes(agentId)),
    )
    .map(({ representative: { path, line, claim, severity } }) => ({
      path,
      line,
      claim,
      severity,
    }));
  const unplaced = blocks
    .filter(({ findings }) => findings.length === 0)
    .map(({ reason }) => ({
      path: "",
      line: 0,
      claim: reason,
      severity: "medium" as const,
    }));
  const distinct = new Map(
    [...found, ...unplaced].map((claim) => [canonicalJson(claim), claim]),
  );
  return [...distinct]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, claim]) => claim);
}

/** The contested claims as `agentId` sees them; empty in the first round, whose ballots depend on nobody else's. */
export function contestedFor(
  state: DecisionState,
  agentId: string,
): readonly Contested[] {
  const { round } = state;
  if (round === undefined || round.round === 1) return [];
  return shuffled(contestedClaims(state), round.seed ^ hashOf(agentId));
}

/** Fisher-Yates, driven by mulberry32 so that a replay sees the same order. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const rest = [...items];
  const result: T[] = [];
  let state = seed | 0;
  while (rest.length > 0) {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    const pick = ((bits ^ (bits >>> 14)) >>> 0) % rest.length;
    result.push(...rest.splice(pick, 1));
  }
  return result;
}

/** FNV-1a over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
