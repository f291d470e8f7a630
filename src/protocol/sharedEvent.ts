/** Events of a mission as teammates at other hubs get them, inside an envelope of kind `event`. */
import * as z from "zod";
import type { EventType } from "./event.ts";

/** Types that are shown to teammates. Not among them: money, tools, permissions, trust, and everything of peering itself. */
export const SHARED_TYPES = [
  "MissionOpened",
  "PlanProposed",
  "ResolutionProposed",
  "StepBuilt",
  "ChangeProposed",
  "MergeIntended",
  "Merged",
  "DecisionRecorded",
  "MissionStalled",
  "MissionResumed",
  "MissionClosed",
  "RoundOpened",
  "EvidenceRecorded",
  "BallotCast",
  "BallotSetAside",
  "VerificationOpened",
  "FindingVerified",
  "RoundTallied",
  "SeniorAsked",
  "SeniorAnswered",
  "DecisionMade",
  "DecisionEscalated",
  "RulingAsked",
  "HumanRuled",
  "FindingDismissed",
  "FindingSettled",
  "FindingExplained",
  "FindingsMatched",
  "TaskSubmitted",
  "MessageSent",
  "TaskStatusChanged",
  "TaskArtifactAdded",
] as const satisfies readonly EventType[];

/** An event on its way to teammates: its place is that in its home's log. */
export const SharedEvent = z.object({
  type: z.enum(SHARED_TYPES),
  data: z.unknown(),
  by: z.string().max(200),
  v: z.literal(1),
  seq: z.number().int().min(1),
  at: z.number().int(),
});
