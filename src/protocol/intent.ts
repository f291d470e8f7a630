/** The only way in: what a command, the panel, the chat, the CLI or a peer can ask of the app. */
import * as z from "zod";
import { HumanVerdict } from "./consensus.ts";
import { ApprovalMode, ReviewScope } from "./event.ts";

/** Model provider for this one mission, e.g. `rehearsal`; the settings decide when it is left out. */
const model = z.string().max(64).optional();
/** Teammates whose agents vote too: ids or names of paired hubs that may vote here. */
const peers = z.array(z.string().trim().min(1).max(64)).max(16).optional();
const goal = z.string().trim().min(1, "say what you want done").max(20_000);

export const Intent = z.discriminatedUnion("kind", [
  /** Plan a task and carry it through to a merge. */
  z.object({
    kind: z.literal("build"),
    goal,
    repo: z.string().min(1),
    approve: ApprovalMode.default("ask"),
    model,
    peers,
  }),
  /** Review changes that are already there. */
  z.object({
    kind: z.literal("review"),
    goal: goal.default("Review these changes"),
    repo: z.string().min(1),
    scope: ReviewScope,
    approve: ApprovalMode.default("ask"),
    model,
    peers,
  }),
  /** Review the same scope as an earlier review, as it is now: findings that are still there keep their names and what was said of them. */
  z.object({
    kind: z.literal("reviewAgain"),
    missionId: z.string(),
    approve: ApprovalMode.default("ask"),
    model,
  }),
  /** Put a question to the team. */
  z.object({
    kind: z.literal("question"),
    goal,
    repo: z.string().min(1),
    approve: ApprovalMode.default("ask"),
    model,
    peers,
  }),
  /** The human's word on one artifact. Refused with `stale-artifact` when the artifact is not the one that waits. */
  z.object({
    kind: z.literal("rule"),
    missionId: z.string(),
    decisionId: z.string(),
    artifactHash: z.string(),
    verdict: HumanVerdict,
    reason: z.string().max(4000).default(""),
  }),
  /** Set a finding of a review aside, with the reason; of missions that have ended too. */
  z.object({
    kind: z.literal("dismissFinding"),
    missionId: z.string(),
    findingId: z.string(),
    why: z.enum(["wrong", "wontFix", "outOfScope"]),
    reason: z.string().trim().min(1, "say why").max(2000),
  }),
  /** Say that the fix of a finding was applied. */
  z.object({
    kind: z.literal("settleFinding"),
    missionId: z.string(),
    findingId: z.string(),
  }),
  /** Ask who raised a finding why; resolves when the answer is in the log. */
  z.object({
    kind: z.literal("explainFinding"),
    missionId: z.string(),
    findingId: z.string(),
    question: z.string().trim().min(1, "ask something").max(2000),
  }),
  /** Answer to a request for permission. */
  z.object({
    kind: z.literal("permit"),
    missionId: z.string(),
    permissionId: z.string(),
    answer: z.enum(["once", "mission", "no"]),
  }),
  /** Put the answer that was approved on record in the repository. */
  z.object({ kind: z.literal("recordDecision"), missionId: z.string() }),
  /** Stop one mission for good. */
  z.object({ kind: z.literal("stop"), missionId: z.string() }),
  /** The kill switch: no new work, everything running ends, and it stays so after a restart. */
  z.object({ kind: z.literal("stopEverything") }),
  /** Releases the kill switch; missions go on only when resumed. */
  z.object({ kind: z.literal("release") }),
  /** Go on with a mission that stalled or was interrupted. */
  z.object({ kind: z.literal("resume"), missionId: z.string() }),
]);
export type Intent = z.infer<typeof Intent>;
/** An intent as written by a caller, defaults left out. */
export type IntentInput = z.input<typeof Intent>;
