/** What crosses between the extension and the panel's page: snapshots out, actions in. The page imports nothing else of ours. */
import * as z from "zod";
import type {
  Ballot,
  Dissent,
  Evidence,
  HumanVerdict,
  Rules,
  Severity,
  Subject,
  Tally,
  Verification,
  VerificationClaim,
} from "./consensus.ts";
import type { ChangeSet, MissionKind, Outcome, Problem } from "./event.ts";
import type { ReviewFinding } from "./findings.ts";
import { Intent } from "./intent.ts";
import type { PathShown } from "./panelPath.ts";
import type { Plan, Resolution } from "./work.ts";

/** Stages of the line, in order; a review or a question has fewer. */
export type Stage =
  | "plan"
  | "planVote"
  | "planRuling"
  | "build"
  | "review"
  | "changeVote"
  | "changeRuling"
  | "merge"
  | "answer";

export type MissionStatus = "running" | "waiting" | "stalled" | "closed";

/** One mission in a list. */
export interface MissionLine {
  readonly missionId: string;
  readonly kind: MissionKind;
  readonly goal: string;
  readonly status: MissionStatus;
  readonly stage: Stage;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly microUsd: number;
  readonly outcome: Outcome | null;
  /** The hub whose mission it is, where it is a teammate's: it is shown here, and ruled there. */
  readonly sharedBy?: { readonly hubId: string; readonly name: string };
}

/** A seat at the table, as shown. */
export interface AgentLine {
  readonly agentId: string;
  readonly name: string;
  readonly role: string;
  readonly lineage: string;
  readonly state: "idle" | "working" | "gone";
  /** What it does now, in a few words. */
  readonly doing: string;
  readonly microUsd: number;
  readonly calls: number;
}

/** A ballot as the card shows it: sealed until the round is tallied. */
export type BallotShown =
  | { readonly state: "waiting" }
  | { readonly state: "sealed" }
  | { readonly state: "absent" }
  /** The elector, of another hub, said two different things: none of its ballots counts. */
  | { readonly state: "voided" }
  | { readonly state: "open"; readonly ballot: Ballot };

/** One decision with everything a person needs to judge it. */
export interface DecisionCard {
  readonly decisionId: string;
  readonly missionId: string;
  readonly subject: Subject;
  readonly title: string;
  readonly artifactHash: string;
  readonly attempt: number;
  readonly round: number;
  readonly rules: Rules;
  readonly phase: "voting" | "approved" | "blocked" | "escalated";
  readonly electors: readonly {
    readonly agentId: string;
    readonly name: string;
    readonly role: string;
    readonly shown: BallotShown;
  }[];
  readonly evidence: readonly Evidence[];
  readonly tallies: readonly Tally[];
  /** Claims that were put to a verifier, with what it said. */
  readonly verified: readonly {
    readonly claim: VerificationClaim;
    readonly by: Verification | null;
  }[];
  /** Set when the team could not settle it and a senior model was asked; `ballot` is null until it answers. */
  readonly senior: {
    readonly because: string;
    readonly ballot: Ballot | null;
  } | null;
  readonly dissent: readonly Dissent[];
  readonly because: string;
  /** Set while the human's word is awaited. */
  readonly asks: string | null;
  readonly ruling: {
    readonly verdict: HumanVerdict;
    readonly reason: string;
    readonly by: string;
    readonly at: number;
  } | null;
}

/** One line of the conversation. `seq` is its place in the log and its identity. */
export interface Said {
  readonly seq: number;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly kind:
    | "goal"
    | "message"
    | "plan"
    | "ballot"
    | "tally"
    | "evidence"
    | "tool"
    | "build"
    | "ruling"
    | "permission"
    | "system"
    | "problem"
    | "outcome";
  /** Markdown. */
  readonly text: string;
  readonly tone: "neutral" | "good" | "bad" | "warn";
}

/** A request for permission. */
export interface PermissionCard {
  readonly missionId: string;
  readonly permissionId: string;
  readonly agentId: string;
  readonly what: "command" | "tool" | "write";
  readonly subject: string;
  readonly why: string;
  readonly at: number;
}

/** How one part of a plan differs from the version before. `section` is a step's id, `summary`, `risks` or `doneWhen`. */
export interface PlanChange {
  readonly section: string;
  readonly what: "added" | "removed" | "changed";
  /** The field of a step that changed; null where the section as a whole did. */
  readonly field: "title" | "intent" | "files" | "dependsOn" | null;
  readonly before: string;
  readonly after: string;
}

/** A version of the plan: what changed in it because of whom, and what was said against it. */
export interface PlanVersion {
  readonly version: number;
  readonly hash: string;
  readonly author: string;
  readonly changes: readonly PlanChange[];
  /** What its author says was done about which claim; checked: what is not here named no claim or section that exists. */
  readonly because: readonly {
    readonly section: string;
    readonly did: string;
    readonly claim: string;
    /** Names of who made the claim. */
    readonly by: readonly string[];
  }[];
  /** Findings of the open ballots, by the section they are about; `plan` where that is the whole. */
  readonly critique: readonly {
    readonly section: string;
    readonly by: string;
    readonly claim: string;
    readonly severity: Severity;
  }[];
  /** What the team made of it, and the human; null as long as it is open. */
  readonly outcome: string | null;
}

/** One mission in full, but its conversation windowed. */
export interface MissionDetail extends MissionLine {
  readonly attempt: number;
  readonly model: string;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly state: "done" | "now" | "todo" | "failed";
  }[];
  readonly spent: {
    readonly microUsd: number;
    readonly capMicroUsd: number;
    readonly reservedMicroUsd: number;
    readonly calls: number;
    readonly inputTokens: number;
    readonly cacheReadTokens: number;
    readonly outputTokens: number;
  };
  readonly plan: {
    readonly version: number;
    readonly hash: string;
    readonly plan: Plan;
    readonly steps: readonly {
      readonly stepId: string;
      readonly state: "todo" | "working" | "built";
    }[];
  } | null;
  /** Every version of the plan, oldest first, with what became of it. */
  readonly planVersions: readonly PlanVersion[];
  readonly resolution: {
    readonly version: number;
    readonly hash: string;
    readonly resolution: Resolution;
  } | null;
  /** Path of the decision record that the answer was put into; null as long as it is in none. */
  readonly record: string | null;
  readonly change: ChangeSet | null;
  readonly decisions: readonly DecisionCard[];
  /** Findings of the last decision on the change, and what became of them. */
  readonly findings: readonly ReviewFinding[];
  readonly permissions: readonly PermissionCard[];
  readonly agents: readonly AgentLine[];
  readonly problem: Problem | null;
  readonly repoRoot: string;
  /** The conversation's tail: `total` lines in all, `items` the last of them (or those before the line asked for). */
  readonly said: { readonly total: number; readonly items: readonly Said[] };
}

/** The moment of the open mission that is shown instead of now. */
export interface ReplayAt {
  /** How many of the mission's events have happened by then, from 1. */
  readonly step: number;
  /** How many it has. */
  readonly steps: number;
  /** Number of the last of them in the log. */
  readonly seq: number;
  /** When that was, ms since 1970. */
  readonly at: number;
  /** How many times as fast as it happened it is played. */
  readonly speed: number;
  /** Where playing goes next, and after how long; null at the end. */
  readonly next: { readonly step: number; readonly ms: number } | null;
}

/** Everything the page shows. It replaces what the page had. */
export interface PanelSnapshot {
  readonly seq: number;
  readonly provider: {
    readonly name: string;
    readonly ready: boolean;
    readonly note: string;
  };
  readonly workspace: { readonly ready: boolean; readonly note: string };
  readonly stopped: boolean;
  readonly missions: readonly MissionLine[];
  readonly open: MissionDetail | null;
  /** Set while `open` is shown as it was, not as it is. */
  readonly replay?: ReplayAt;
}

/** Extension → page. */
export type ToPage =
  | { readonly type: "snapshot"; readonly snapshot: PanelSnapshot }
  | {
      readonly type: "older";
      readonly missionId: string;
      readonly items: readonly Said[];
    }
  | {
      readonly type: "typing";
      readonly missionId: string;
      readonly agentId: string;
      readonly delta: string;
    }
  | {
      readonly type: "path";
      readonly missionId: string;
      readonly path: PathShown;
    }
  | { readonly type: "failed"; readonly problem: Problem };

/** Commands the page may run: exactly these. */
export const PageCommand = z.enum([
  "roundtable.planTask",
  "roundtable.reviewChanges",
  "roundtable.askTeam",
  "roundtable.playSample",
  "roundtable.setApiKey",
  "roundtable.chooseModel",
  "roundtable.stopEverything",
  "roundtable.openPlan",
  "roundtable.openChange",
  "roundtable.applyFix",
  "roundtable.showLog",
  "roundtable.openWalkthrough",
]);
export type PageCommand = z.infer<typeof PageCommand>;

/** Page → extension; checked at the extension's edge. */
export const FromPage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("open"), missionId: z.string().nullable() }),
  z.object({
    type: z.literal("older"),
    missionId: z.string(),
    before: z.number().int(),
  }),
  /** Show the mission as it was after its first `step` events; null: as it is now. */
  z.object({
    type: z.literal("replay"),
    missionId: z.string(),
    step: z.number().int().min(1).nullable(),
    speed: z.number().min(0.1).max(10_000),
  }),
  /** The way of the mission through the agents, please. */
  z.object({ type: z.literal("path"), missionId: z.string() }),
  z.object({ type: z.literal("intent"), intent: Intent }),
  z.object({
    type: z.literal("command"),
    command: PageCommand,
    missionId: z.string().optional(),
    findingId: z.string().optional(),
  }),
  z.object({
    type: z.literal("openFile"),
    path: z.string(),
    line: z.number().int().min(0),
  }),
]);
export type FromPage = z.infer<typeof FromPage>;
