/** Which ballots of a room count. */
import type { Elector } from "../../protocol/consensus.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { compareAll, compareText } from "../consensus/order.ts";
import { canonicalJson } from "../json.ts";
import type { Sealed } from "./room.ts";

/** Where something was said. */
export interface Place {
  readonly origin: string;
  readonly seq: number;
}

/** Somebody said two things where one counts, so none does: an agent in a round, or a hub for one place of the room. */
export type Equivocation =
  | {
      readonly kind: "ballots";
      readonly origin: string;
      readonly decisionId: string;
      readonly agentId: string;
      readonly round: number;
    }
  | { readonly kind: "fork"; readonly origin: string; readonly seq: number };

type Counted = Place & PeerBodyOf<"ballot">;

/**
 * Counts the ballots in `all`, which is sorted by origin and place. A ballot counts only when its agent is an elector of the hub that signed it.
 * Two different ballots of an agent in one round void every ballot of that agent in that decision; the same one twice counts once. Ballots
 * of a hub that signed two things for one place do not count, those before that place neither.
 */
export function countBallots(
  all: readonly Sealed[],
  forked: readonly Place[],
  electorate: readonly Elector[],
): {
  readonly ballots: readonly Counted[];
  readonly equivocations: readonly Equivocation[];
} {
  const liars = new Set(forked.map(({ origin }) => origin));
  const electors = new Set(
    electorate.map(({ hub, agentId }) => `${hub} ${agentId}`),
  );
  const counted = new Map<string, Counted>();
  const voided = new Set<string>();
  const equivocations: Equivocation[] = forked.map(({ origin, seq }) => ({
    kind: "fork",
    origin,
    seq,
  }));
  for (const { envelope } of all) {
    const { body, origin, seq } = envelope;
    if (body.kind !== "ballot" || liars.has(origin)) continue;
    const { agentId, round } = body.ballot;
    if (!electors.has(`${origin} ${agentId}`)) continue;
    const key = `${voiceOf(origin, body)} ${String(round)}`;
    const first = counted.get(key);
    if (first === undefined) counted.set(key, { ...body, origin, seq });
    else if (canonicalJson(first.ballot) !== canonicalJson(body.ballot)) {
      voided.add(voiceOf(origin, body));
      const { decisionId } = body;
      equivocations.push({
        kind: "ballots",
        origin,
        decisionId,
        agentId,
        round,
      });
    }
  }
  return {
    ballots: [...counted.values()]
      .filter((one) => !voided.has(voiceOf(one.origin, one)))
      .toSorted(byDecision),
    equivocations: once(equivocations),
  };
}

function voiceOf(
  origin: string,
  { decisionId, ballot }: PeerBodyOf<"ballot">,
): string {
  return canonicalJson([origin, decisionId, ballot.agentId]);
}

function byDecision(a: Counted, b: Counted): number {
  return compareAll(
    compareText(a.decisionId, b.decisionId),
    a.ballot.round - b.ballot.round,
    compareText(a.ballot.agentId, b.ballot.agentId),
    compareText(a.origin, b.origin),
  );
}

function once(all: readonly Equivocation[]): readonly Equivocation[] {
  const byText = new Map(all.map((one) => [canonicalJson(one), one]));
  return [...byText]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, one]) => one);
}
