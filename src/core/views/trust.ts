import type { RecordedOf } from "../../protocol/event.ts";
import { compareAll, compareText } from "../consensus/order.ts";
import { emptyTrust, learnTrust, type TrustCounts } from "../trust/trust.ts";
import {
  explainTrust,
  voteWeight,
  VOTE_CLASS,
  type TrustShown,
} from "../trust/weigh.ts";

/** One outcome, and what it said of the agent. */
export interface TrustOutcome {
  readonly seq: number;
  readonly at: number;
  readonly claim: string;
  /** `path:line`; empty where it was a vote. */
  readonly place: string;
  readonly source: Lesson["data"]["source"];
  readonly flagged: boolean;
  readonly real: boolean;
  /** Per mille of a whole outcome. */
  readonly weight: number;
  readonly missionId: string | null;
}

/** An agent's record on one class of claims. Rates and bounds are per mille, weights milli-logits. */
export interface TrustRow extends TrustShown {
  readonly agentId: string;
  readonly lineage: string;
  readonly role: string;
  readonly class: string;
  /** How many outcomes are behind it, unfaded. */
  readonly outcomes: number;
  /** What its vote weighs (`vote`), or what its raising a finding says for it. */
  readonly weight: number;
  /** The latest first. */
  readonly last: readonly TrustOutcome[];
}

type Lesson = RecordedOf<"TrustLearned">;

/** Outcomes that are shown with a row. */
const LAST = 5;

/** What is known of every agent that was learned about, by agent, lineage and class of claims, with the last outcomes behind it; the same lessons the weights are made of. */
export function viewTrust(lessons: Iterable<Lesson>): readonly TrustRow[] {
  let counts: TrustCounts = emptyTrust;
  const groups = new Map<
    string,
    { last: Lesson; outcomes: TrustOutcome[]; number: number }
  >();
  for (const lesson of lessons) {
    const { agentId, lineage, role, class: kind } = lesson.data;
    counts = learnTrust(counts, lesson.data);
    const key = JSON.stringify([agentId, lineage, role, kind]);
    const group = groups.get(key) ?? { last: lesson, outcomes: [], number: 0 };
    group.number += 1;
    group.outcomes.unshift(outcomeOf(lesson));
    group.outcomes.splice(LAST);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ last, outcomes, number }) => rowOf(counts, last, outcomes, number))
    .toSorted((a, b) =>
      compareAll(
        compareText(a.agentId, b.agentId),
        compareText(a.lineage, b.lineage),
        compareText(a.class, b.class),
      ),
    );
}

function rowOf(
  counts: TrustCounts,
  { data: { agentId, lineage, role, class: kind } }: Lesson,
  last: readonly TrustOutcome[],
  outcomes: number,
): TrustRow {
  const shown = explainTrust(counts, { lineage, role, class: kind });
  return {
    agentId,
    lineage,
    role,
    class: kind,
    outcomes,
    ...shown,
    weight:
      kind === VOTE_CLASS ? voteWeight(counts, lineage, role) : shown.flagged,
    last,
  };
}

function outcomeOf({ at, seq, data }: Lesson): TrustOutcome {
  const { what, at: place, source, flagged, real, weight, missionId } = data;
  return {
    seq,
    at,
    claim: what,
    place,
    source,
    flagged,
    real,
    weight,
    missionId: missionId ?? null,
  };
}

/** What the votes of each lineage in each role weigh, in logits, of those that were learned about. */
export function trustScores({ lineages, ...rest }: TrustCounts): readonly {
  readonly lineage: string;
  readonly role: string;
  readonly score: number;
}[] {
  return Object.entries(lineages).flatMap(([lineage, { known }]) =>
    [...new Set(known.map(({ role }) => role))].map((role) => ({
      lineage,
      role,
      score: voteWeight({ ...rest, lineages }, lineage, role) / 1000,
    })),
  );
}

/** What is known of an agent in a few lines of Markdown, a class each: the weight, the shares it is made of with their 90 % ranges, and how many outcomes are behind it. */
export function trustLines(
  rows: readonly TrustRow[],
  { agentId, lineage }: { readonly agentId: string; readonly lineage: string },
): readonly string[] {
  const own = rows.filter(
    (row) => row.agentId === agentId && row.lineage === lineage,
  );
  const percent = (perMille: number): string =>
    String(Math.round(perMille / 10));
  return own.length === 0
    ? ["Trust: nothing is learned yet"]
    : own.map(
        (row) =>
          `Trust, ${row.class}: ${(row.weight / 1000).toFixed(2)} logits; finds ${percent(row.sensitivity)} % (${percent(row.sensitivityAtLeast)}–${percent(row.sensitivityAtMost)}), rightly quiet ${percent(row.specificity)} % (${percent(row.specificityAtLeast)}–${percent(row.specificityAtMost)}), ${String(row.outcomes)} outcomes`,
      );
}
