import type { Elector } from "../../protocol/consensus.ts";
import type { TrustSnapshot } from "../../protocol/trust.ts";
import { familyOf } from "../trust/lineage.ts";
import type { TrustCounts } from "../trust/trust.ts";

/** Lineages a snapshot holds, those learned about last. */
const MAX_LINEAGES = 20;

/** What a decision of this electorate may need to know: the lineages at the table and other versions of them. Undefined when nothing is known of them. */
export function trustFor(
  { lessons, lineages }: TrustCounts,
  electorate: readonly Elector[],
): TrustSnapshot | undefined {
  const families = new Set(electorate.map(({ lineage }) => familyOf(lineage)));
  const known = Object.entries(lineages)
    .filter(([, { family }]) => families.has(family))
    .toSorted(([, a], [, b]) => b.learnedAt - a.learnedAt)
    .slice(0, MAX_LINEAGES);
  return known.length === 0
    ? undefined
    : {
        lessons,
        lineages: Object.fromEntries(
          known.map(([lineage, trust]) => [
            lineage,
            {
              ...trust,
              known: trust.known.map((one) => ({
                ...one,
                outcomes: { ...one.outcomes },
              })),
            },
          ]),
        ),
      };
}
