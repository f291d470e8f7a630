/** Events about plans and answers: what was proposed, and where an answer was written down. */
import * as z from "zod";
import { Finding } from "./consensus.ts";
import { Plan, Resolution } from "./work.ts";

/** Data of each of these types; part of `EventData`. */
export const ProposalEventData = {
  PlanProposed: z.object({
    attempt: z.number().int(),
    plan: Plan,
    hash: z.string(),
    authorId: z.string(),
    /** What the planner was asked to deal with, in the order its reasons number it: findings, then remarks. */
    asked: z
      .object({ findings: z.array(Finding), remarks: z.array(z.string()) })
      .optional(),
  }),
  ResolutionProposed: z.object({
    attempt: z.number().int(),
    resolution: Resolution,
    hash: z.string(),
    authorId: z.string(),
  }),
  /** An answer that was approved is on record in the repository, as a file that was not there before. */
  DecisionRecorded: z.object({
    decisionId: z.string(),
    /** Path from the root of the repository. */
    path: z.string(),
    by: z.string(),
  }),
} as const;
