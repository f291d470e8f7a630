/** What `roundtable review --json` prints: one document about one review, for scripts and CI. Fields are only ever added within a version. */
import * as z from "zod";
import {
  EvidenceStatus,
  Fix,
  Severity,
  Standing,
  VerifierVerdict,
} from "./consensus.ts";
import { Outcome, ReviewScope } from "./event.ts";

const count = z.number().int().min(0);

/** One finding of the decision, the gravest first. */
const ReportedFinding = z.object({
  /** The same for the same claim in later reviews of the same scope. */
  id: z.string(),
  path: z.string(),
  /** 1-based in the reviewed version; 0 when it is about the whole file. */
  line: count,
  claim: z.string(),
  severity: Severity,
  /** Id of the rule of the tool that raised it, such as `prototype-pollution`. */
  rule: z.string().optional(),
  standing: Standing,
  /** What a verifier who did not raise it said. */
  verified: z
    .object({ verdict: VerifierVerdict, by: z.string(), reason: z.string() })
    .optional(),
  /** Agents and tools that raised it; tools are named `tool:NAME`. */
  raisedBy: z.array(z.string()),
  /** An edit that would settle it. */
  fix: Fix.optional(),
  /** Keeps the change from being accepted. */
  blocks: z.boolean(),
  /** An earlier review of the same scope raised it, this one did not, and its lines are as they were. */
  earlier: z.boolean(),
  /** `dismissed` and `settled` ones are kept for the record. */
  state: z.enum(["open", "dismissed", "settled"]),
});

/** The document; `v` is its version. Times are ms, money is micro-dollars. */
export const ReviewReport = z.object({
  v: z.literal(1),
  missionId: z.string(),
  /** Root of the repository. */
  repository: z.string(),
  scope: ReviewScope,
  /** Commit the change is compared with. */
  base: z.string(),
  /** Commit that was reviewed; null for uncommitted changes. */
  head: z.string().nullable(),
  /** Tree of the reviewed state: what an approval would be bound to. */
  tree: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      oldPath: z.string().optional(),
      status: z.enum(["added", "modified", "deleted", "renamed"]),
      added: count,
      deleted: count,
    }),
  ),
  /** How the review ended; null when it did not: it waits for a person, was interrupted or met a problem. */
  outcome: Outcome.nullable(),
  decision: z.object({
    /** What the team made of it; `escalated` when that is for a person to say, `open` when it is not decided. */
    outcome: z.enum(["approved", "blocked", "escalated", "open"]),
    because: z.string(),
    /** Who had a vote, and how many of them used it. */
    electorate: count,
    ballots: count,
    rounds: count,
  }),
  /** No model's opinion is in it: the tools had the only word. */
  evidenceOnly: z.boolean(),
  checks: z.array(
    z.object({
      id: z.string(),
      tool: z.string(),
      status: EvidenceStatus,
      /** Blocks when it fails, and keeps the change from being accepted when it cannot run. */
      required: z.boolean(),
      summary: z.string(),
      durationMs: count,
    }),
  ),
  findings: z.array(ReportedFinding),
  cost: z.object({ model: z.string(), calls: count, microUsd: count }),
  /** What went wrong, where the review did not come to its end because of it. */
  problem: z
    .object({ code: z.string(), message: z.string(), next: z.string() })
    .nullable(),
});
export type ReviewReport = z.infer<typeof ReviewReport>;
