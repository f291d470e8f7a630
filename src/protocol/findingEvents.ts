/** What becomes of findings: how they are verified, what people say of them after the tally, and what is learned from it. Part of {@link EventData} in `event.ts`. */
import * as z from "zod";
import {
  Finding,
  Standing,
  Verification,
  VerificationClaim,
} from "./consensus.ts";

/** What was said of a finding in an earlier review of the same scope, and still holds. */
const Carried = z.object({
  dismissed: z
    .object({
      why: z.enum(["wrong", "wontFix", "outOfScope"]),
      reason: z.string(),
      by: z.string(),
    })
    .optional(),
  explanations: z.array(
    z.object({ question: z.string(), answer: z.string(), by: z.string() }),
  ),
});

/** Data of each of these event types. */
export const FindingEventData = {
  /** The claims a verifier is asked about before the round is tallied. */
  VerificationOpened: z.object({
    decisionId: z.string(),
    round: z.number().int(),
    claims: z.array(VerificationClaim),
  }),
  FindingVerified: z.object({
    decisionId: z.string(),
    round: z.number().int(),
    verification: Verification,
  }),
  /** The human sets a finding aside. `real` tells whether it was true all the same. */
  FindingDismissed: z.object({
    findingId: z.string(),
    why: z.enum(["wrong", "wontFix", "outOfScope"]),
    reason: z.string(),
    by: z.string(),
  }),
  /** A finding is settled: its fix was applied, or a later review found it gone. */
  FindingSettled: z.object({
    findingId: z.string(),
    how: z.enum(["fixApplied", "gone"]),
    by: z.string(),
  }),
  /** An answer to the human's "why?" about a finding. */
  FindingExplained: z.object({
    findingId: z.string(),
    question: z.string(),
    answer: z.string(),
    by: z.string(),
  }),
  /** What a review of the same scope as an earlier one made of the findings of that one. */
  FindingsMatched: z.object({
    /** The earlier review. */
    previous: z.string(),
    /** Findings that are still there: `own` is their id in this mission, `findingId` the one they keep. */
    same: z.array(Carried.extend({ own: z.string(), findingId: z.string() })),
    /** Findings that nobody raised again although their lines are as they were, at their place now. */
    kept: z.array(
      Carried.extend({
        findingId: z.string(),
        finding: Finding,
        standing: Standing,
        raisedBy: z.array(z.string()),
      }),
    ),
    /** Findings whose lines were changed, or whose tool finds nothing any more. */
    gone: z.array(z.string()),
  }),
  /** An outcome said whether a claim was real; from that, and never from agreement, trust in who did or did not raise it is learned. */
  TrustLearned: z.object({
    /** The mission of the decision; these events are in the hub's own stream, which outlives missions that are archived. */
    missionId: z.string().optional(),
    decisionId: z.string(),
    agentId: z.string(),
    lineage: z.string(),
    role: z.string(),
    /** Class of what was claimed, such as `security`. */
    class: z.string(),
    /** Whether the agent raised it in its first sealed ballot. */
    flagged: z.boolean(),
    real: z.boolean(),
    source: z.enum(["tool", "test", "human", "revert", "verifier"]),
    /** What the outcome counts, per mille of a whole one. */
    weight: z.number().int().min(0).max(1000),
    /** The claim, and its place as `path:line`, for people. */
    what: z.string(),
    at: z.string(),
  }),
} as const;
