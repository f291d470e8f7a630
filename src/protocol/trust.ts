/** Trust as it was at one moment, in a form the log can hold. Counts are millionths of an outcome, faded by age. */
import * as z from "zod";

const count = z.number().int().min(0);

/** What outcomes have taught of lineages (model and version), by role and class of claims: what a tally looks at, so that a replay needs no other mission. */
export const TrustSnapshot = z.object({
  /** Lessons behind it in all. */
  lessons: count,
  lineages: z.record(
    z.string(),
    z.object({
      /** The lineage without its version. */
      family: z.string(),
      /** Place in the order in which lineages were last learned about. */
      learnedAt: count,
      known: z.array(
        z.object({
          role: z.string(),
          class: z.string(),
          outcomes: z.object({
            hits: count,
            misses: count,
            alarms: count,
            rests: count,
          }),
          decisionId: z.string(),
        }),
      ),
    }),
  ),
});
export type TrustSnapshot = z.infer<typeof TrustSnapshot>;
