/**
 * Every fact the log can hold. An event is written once, never changed, and read for ever: a change of shape gets a new `v` and an
 * upcast in `core/events.ts`. Times are ms since 1970; money is micro-dollars (1 USD = 1,000,000), always whole numbers.
 */
import * as z from "zod";
import { AgentCard, Artifact, Message, TaskStatus } from "./a2a.ts";
import {
  Ballot,
  Dissent,
  Elector,
  Evidence,
  HumanVerdict,
  Rules,
  Subject,
  Tally,
} from "./consensus.ts";
import { FindingEventData } from "./findingEvents.ts";
import { HubEventData } from "./hubEvents.ts";
import { PeerEventData } from "./peerEvents.ts";
import { ProposalEventData } from "./proposalEvents.ts";
import { HouseRules } from "./rulesFile.ts";
import { TrustSnapshot } from "./trust.ts";

/** Current version of the event schema. */
export const EVENT_VERSION = 1;

/** Stream of facts that belong to the hub and to no mission. */
export const HUB_STREAM = "hub";

/** What the user asked for. */
export const MissionKind = z.enum(["build", "review", "question"]);
export type MissionKind = z.infer<typeof MissionKind>;

/** Who answers when a human is needed: a person, or the policy the user chose when starting. */
export const ApprovalMode = z.enum(["ask", "auto", "deny"]);
export type ApprovalMode = z.infer<typeof ApprovalMode>;

/** What a review looks at. */
export const ReviewScope = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("working") }),
  z.object({ kind: z.literal("staged") }),
  z.object({ kind: z.literal("range"), base: z.string(), head: z.string() }),
  /** What `head` has on top of where it left `base`: a branch, or the branch of a pull request. */
  z.object({ kind: z.literal("branch"), base: z.string(), head: z.string() }),
]);
export type ReviewScope = z.infer<typeof ReviewScope>;

/** The repository as it was when the mission opened. */
export const RepoRef = z.object({
  root: z.string(),
  branch: z.string().nullable(),
  commit: z.string(),
  tree: z.string(),
});
export type RepoRef = z.infer<typeof RepoRef>;

/** Caps on one mission. */
export const Budget = z.object({
  microUsd: z.number().int().min(0),
  turnsPerTask: z.number().int().min(1),
  taskMs: z.number().int().min(1000),
});
export type Budget = z.infer<typeof Budget>;

/** A change of the repository: what reviewers see and what an approval names. */
export const ChangeSet = z.object({
  base: z.string(),
  baseTree: z.string(),
  /** Null for uncommitted changes under review. */
  commit: z.string().nullable(),
  /** Tree hash of the changed state: the artifact an approval is bound to. */
  tree: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      /** Its path before, when it was renamed. */
      oldPath: z.string().optional(),
      status: z.enum(["added", "modified", "deleted", "renamed"]),
      added: z.number().int(),
      deleted: z.number().int(),
    }),
  ),
  /** Files that would conflict with the branch as it is now. */
  conflicts: z.array(z.string()),
});
export type ChangeSet = z.infer<typeof ChangeSet>;

/** How a mission ended. */
export const Outcome = z.object({
  kind: z.enum([
    "merged",
    "accepted",
    "blocked",
    "answered",
    "rejected",
    "stopped",
    "branchLeft",
  ]),
  summary: z.string(),
  commit: z.string().optional(),
  branch: z.string().optional(),
});
export type Outcome = z.infer<typeof Outcome>;

/** What an error tells a person: what happened, and what to do next. */
export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  next: z.string(),
});
export type Problem = z.infer<typeof Problem>;

const Usage = z.object({
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  cacheWriteTokens: z.number().int(),
});

/** Data of each event type. Types are past tense: they happened. */
export const EventData = {
  // The mission
  MissionOpened: z.object({
    kind: MissionKind,
    goal: z.string(),
    repo: RepoRef,
    scope: ReviewScope.optional(),
    /** The review this one repeats. */
    again: z.string().optional(),
    /** Name of the model provider, e.g. `claude`, `rehearsal`, `none`. */
    model: z.string(),
    electorate: z.array(Elector),
    rules: Rules,
    /** Labels, evidence and records as the repository's rules say. */
    house: HouseRules.optional(),
    budget: Budget,
    approve: ApprovalMode,
    checks: z.array(z.array(z.string())),
    maxAttempts: z.number().int().min(1),
  }),
  ...ProposalEventData,
  StepBuilt: z.object({
    attempt: z.number().int(),
    stepId: z.string(),
    agentId: z.string(),
    commit: z.string(),
    tree: z.string(),
    summary: z.string(),
    files: z.array(z.string()),
  }),
  ChangeProposed: z.object({
    attempt: z.number().int(),
    change: ChangeSet,
    authorIds: z.array(z.string()),
  }),
  MergeIntended: z.object({
    attempt: z.number().int(),
    tree: z.string(),
    commit: z.string(),
    branch: z.string(),
    onto: z.string(),
  }),
  Merged: z.object({
    attempt: z.number().int(),
    tree: z.string(),
    commit: z.string(),
    branch: z.string(),
  }),
  /** Something outside stopped the line; nothing is lost and resuming goes on from here. */
  MissionStalled: z.object({ problem: Problem }),
  /** `budget` replaces the one the mission had: whoever resumes may have raised it. */
  MissionResumed: z.object({ budget: Budget.optional() }),
  MissionClosed: z.object({ outcome: Outcome }),

  // Decisions
  RoundOpened: z.object({
    decisionId: z.string(),
    round: z.number().int(),
    subject: Subject,
    artifactHash: z.string(),
    title: z.string(),
    authorIds: z.array(z.string()),
    electorate: z.array(Elector),
    rules: Rules,
    seed: z.number().int(),
    deadline: z.number().int(),
    /** The decision this one reopens; that one stays as it was decided. */
    supersedes: z.string().optional(),
    /** Trust in the electorate's lineages as it was; nothing is known of those that are not in it. */
    trust: TrustSnapshot.optional(),
  }),
  EvidenceRecorded: z.object({ decisionId: z.string(), evidence: Evidence }),
  BallotCast: z.object({ decisionId: z.string(), ballot: Ballot }),
  /** A ballot that does not count, and why; kept for the record. */
  BallotSetAside: z.object({
    decisionId: z.string(),
    ballot: Ballot,
    why: z.enum([
      "stranger",
      "author",
      "late",
      "stale",
      "duplicate",
      "equivocation",
      "unchanged",
    ]),
  }),
  RoundTallied: z.object({ decisionId: z.string(), tally: Tally }),
  DecisionMade: z.object({
    decisionId: z.string(),
    subject: Subject,
    artifactHash: z.string(),
    outcome: z.enum(["approved", "blocked"]),
    because: z.string(),
    dissent: z.array(Dissent),
  }),
  /** The team cannot settle it: a senior model is asked before the human is. */
  SeniorAsked: z.object({ decisionId: z.string(), because: z.string() }),
  /** What the senior model said; it decides unless it abstains. */
  SeniorAnswered: z.object({ decisionId: z.string(), ballot: Ballot }),
  DecisionEscalated: z.object({
    decisionId: z.string(),
    subject: Subject,
    artifactHash: z.string(),
    because: z.string(),
    dissent: z.array(Dissent),
  }),
  /** The line waits for the human to rule on this artifact. */
  RulingAsked: z.object({
    decisionId: z.string(),
    subject: Subject,
    artifactHash: z.string(),
    question: z.string(),
  }),
  HumanRuled: z.object({
    decisionId: z.string(),
    artifactHash: z.string(),
    verdict: HumanVerdict,
    reason: z.string(),
    by: z.string(),
  }),

  ...FindingEventData,

  // Talk: A2A, as it crossed the hub
  AgentSeated: z.object({
    agentId: z.string(),
    role: z.string(),
    card: AgentCard,
    where: z.enum(["inProcess", "webSocket"]),
  }),
  AgentLeft: z.object({ agentId: z.string(), why: z.string() }),
  TaskSubmitted: z.object({
    taskId: z.string(),
    contextId: z.string(),
    agentId: z.string(),
    from: z.string(),
    /** How it was addressed, where that is not the agent's id: `role:…`, `skill:…`, `any`, or the id of the agent it stands in for. */
    to: z.string().optional(),
    message: Message,
  }),
  MessageSent: z.object({
    from: z.string(),
    to: z.string(),
    message: Message,
  }),
  TaskStatusChanged: z.object({ taskId: z.string(), status: TaskStatus }),
  TaskArtifactAdded: z.object({
    taskId: z.string(),
    artifact: Artifact,
    append: z.boolean(),
  }),

  // Money and tools
  CallReserved: z.object({
    callId: z.string(),
    taskId: z.string(),
    agentId: z.string(),
    model: z.string(),
    microUsd: z.number().int(),
  }),
  CallSettled: z.object({
    callId: z.string(),
    microUsd: z.number().int(),
    usage: Usage,
    stopReason: z.string(),
    model: z.string(),
  }),
  ToolCalled: z.object({
    callId: z.string(),
    taskId: z.string(),
    agentId: z.string(),
    tool: z.string(),
    /** Short, redacted account of the arguments, for people. */
    summary: z.string(),
    inputHash: z.string(),
    ruling: z.enum(["allow", "ask", "deny"]),
    rule: z.string(),
  }),
  ToolReturned: z.object({
    callId: z.string(),
    ok: z.boolean(),
    summary: z.string(),
    outputHash: z.string(),
    durationMs: z.number().int(),
    /** How the command ended that the tool ran; left out where none ran to its end. */
    exitCode: z.number().int().optional(),
  }),
  PermissionAsked: z.object({
    permissionId: z.string(),
    agentId: z.string(),
    what: z.enum(["command", "tool", "write"]),
    /** Exactly what would happen, e.g. the argument vector as JSON. */
    subject: z.string(),
    why: z.string(),
  }),
  PermissionAnswered: z.object({
    permissionId: z.string(),
    answer: z.enum(["once", "mission", "no"]),
    by: z.string(),
  }),

  // The switch
  StopPulled: z.object({ by: z.string() }),
  StopReleased: z.object({ by: z.string() }),

  ...HubEventData,
  ...PeerEventData,
} as const;

export type EventType = keyof typeof EventData;
export type DataOf<T extends EventType> = z.infer<(typeof EventData)[T]>;

/** What is handed to the log: a fact without its place in the order. */
export type DraftOf<T extends EventType> = {
  readonly missionId: string;
  readonly type: T;
  readonly data: DataOf<T>;
  /** Who caused it: an agent id, `human`, `hub`, or `policy:auto`. */
  readonly by: string;
  /** Unique within the mission: a second append with the same key stores nothing and returns the first. */
  readonly key?: string;
};
export type Draft = { [T in EventType]: DraftOf<T> }[EventType];

/** An event as stored: its place, time and link to the one before it in the same mission. */
export type RecordedOf<T extends EventType> = DraftOf<T> & {
  readonly v: number;
  /** Position in the whole log, from 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  /** Epoch of the writer that stored it; only ever grows. */
  readonly epoch: number;
  /** SHA-256 (hex) of the previous event of the mission; empty for the first. */
  readonly prevHash: string;
  readonly hash: string;
};
export type Recorded = { [T in EventType]: RecordedOf<T> }[EventType];
