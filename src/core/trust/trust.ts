/** Trust, learned from outcomes and from nothing else: a fold over `TrustLearned` events, the same on every machine. */
import type { DataOf } from "../../protocol/event.ts";
import type { Outcomes } from "./counts.ts";
import { added, faded, NOTHING, withOutcome } from "./counts.ts";
import { familyOf } from "./lineage.ts";

/** What one outcome taught. */
export type Lesson = DataOf<"TrustLearned">;

/** Counts keep 99 % with each further decision that teaches something about the same voice. */
const KEPT_PER_DECISION = 990;
/** A new version of a model starts with half of what its family has shown. */
const INHERITED = 500;

/** What is known of one lineage in one role on one class of claims. */
export interface Known {
  readonly role: string;
  readonly class: string;
  readonly outcomes: Outcomes;
  /** Decision that taught last; its lessons count as simultaneous. */
  readonly decisionId: string;
}

/** What is known of one lineage. */
export interface LineageTrust {
  readonly family: string;
  /** Place in the order in which lineages were last learned about. */
  readonly learnedAt: number;
  readonly known: readonly Known[];
}

/** Everything learned so far, by lineage. Plain data: it can be stored and compared. */
export interface TrustCounts {
  readonly lessons: number;
  readonly lineages: Readonly<Record<string, LineageTrust>>;
}

/** Before any outcome is known. */
export const emptyTrust: TrustCounts = { lessons: 0, lineages: {} };

/**
 * The trust after one more outcome. Only the counts of the voice it is about change: those of its lineage, role and class fade to 99 % when
 * the outcome belongs to another decision than the last, then the outcome is added with its weight (0 teaches nothing). Lessons of one decision may come in any order.
 */
export function learnTrust(trust: TrustCounts, lesson: Lesson): TrustCounts {
  if (lesson.weight === 0) return trust;
  const before = lineageTrust(trust, lesson.lineage);
  const index = before.known.findIndex(
    (known) => known.role === lesson.role && known.class === lesson.class,
  );
  const known = before.known[index];
  const outcomes =
    known === undefined
      ? NOTHING
      : known.decisionId === lesson.decisionId
        ? known.outcomes
        : faded(known.outcomes, KEPT_PER_DECISION);
  const after: Known = {
    role: lesson.role,
    class: lesson.class,
    outcomes: withOutcome(outcomes, lesson, lesson.weight),
    decisionId: lesson.decisionId,
  };
  return {
    lessons: trust.lessons + 1,
    lineages: {
      ...trust.lineages,
      [lesson.lineage]: {
        family: before.family,
        learnedAt: trust.lessons + 1,
        known:
          known === undefined
            ? [...before.known, after]
            : before.known.with(index, after),
      },
    },
  };
}

/** What is known of a lineage: its own counts or, before it has any, half of those of the version of its family that was learned about last. */
export function lineageTrust(
  { lineages }: TrustCounts,
  lineage: string,
): LineageTrust {
  const own = Object.hasOwn(lineages, lineage) ? lineages[lineage] : undefined;
  if (own !== undefined) return own;
  const family = familyOf(lineage);
  let last: LineageTrust | undefined;
  for (const other of Object.values(lineages))
    if (
      other.family === family &&
      (last === undefined || other.learnedAt > last.learnedAt)
    )
      last = other;
  return {
    family,
    learnedAt: 0,
    known: (last?.known ?? []).map((known) => ({
      ...known,
      outcomes: faded(known.outcomes, INHERITED),
    })),
  };
}

/** The sum of what is known that `belongs`. */
export function outcomesOf(
  { known }: LineageTrust,
  belongs: (known: Known) => boolean,
): Outcomes {
  return known
    .filter(belongs)
    .reduce((sum, { outcomes }) => added(sum, outcomes), NOTHING);
}
