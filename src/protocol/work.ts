/** What a mission asks of an agent, and what the agent gives back: the data parts inside A2A messages and artifacts. */
import * as z from "zod";
import {
  Contested,
  Evidence,
  Finding,
  Quote,
  Subject,
  Verdict,
  VerifierVerdict,
} from "./consensus.ts";

/** Media type of a message part that carries {@link Work}. */
export const WORK_MEDIA_TYPE = "application/vnd.roundtable.work+json";
/** Media type of an artifact part that carries an {@link Answer}. */
export const ANSWER_MEDIA_TYPE = "application/vnd.roundtable.answer+json";

/** One step of a plan: a piece of work for one developer, in a worktree of its own. */
export const PlanStep = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "a short lower-case name")
    .describe("short lower-case name, unique in the plan"),
  title: z.string().min(1).max(120),
  intent: z.string().min(1).max(4000).describe("what to change and why"),
  files: z.array(z.string()).max(50).describe("paths it expects to touch"),
  dependsOn: z.array(z.string()).max(20).describe("ids of earlier steps"),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** What a new version of a plan changes, and the finding or remark it does so for. */
const PlanReason = z.object({
  section: z
    .string()
    .max(100)
    .describe("id of the step, or summary, risks or doneWhen"),
  answers: z
    .number()
    .int()
    .min(1)
    .describe("number of the finding or remark it answers"),
  did: z
    .string()
    .min(1)
    .max(500)
    .describe("what was changed there, and why so"),
});

/** A plan: what the team means to do, in steps, with the risks it sees and how the result is checked. */
export const Plan = z.object({
  summary: z.string().min(1).max(2000),
  steps: z.array(PlanStep).min(1).max(20),
  risks: z.array(z.string().max(500)).max(20),
  doneWhen: z.array(z.string().max(500)).max(20),
  /** Of a plan that follows findings: what was done about which. */
  because: z
    .array(PlanReason)
    .max(40)
    .optional()
    .describe("what you changed for which numbered finding or remark"),
});
export type Plan = z.infer<typeof Plan>;

/** A question to the team, with the options seen so far. */
export const Resolution = z.object({
  answer: z.string().min(1).max(8000),
  options: z.array(z.string().max(500)).max(10),
  consequences: z.array(z.string().max(500)).max(20),
});
export type Resolution = z.infer<typeof Resolution>;

/** What a ballot says before it is sealed under an elector's name. `confidence` is a whole percentage. */
export const BallotPaper = z.object({
  verdict: Verdict,
  confidence: z.number().int().min(0).max(100),
  reason: z.string().min(1).max(2000),
  findings: z.array(Finding).max(30),
});
export type BallotPaper = z.infer<typeof BallotPaper>;

const WorkBase = z.object({
  missionId: z.string(),
  /** Unique within the mission and stable over restarts: the same key is the same work. */
  key: z.string(),
  goal: z.string(),
  /** Attempt of the line this belongs to, from 1. */
  attempt: z.number().int().min(1),
  /** Directory the agent's tools see: the repository (read-only) or a step's worktree. */
  root: z.string(),
  /** True where the agent may edit files below `root`. */
  writable: z.boolean(),
  /**
   * Set for work that a teammate's hub asked for. `voice`: the agent has no tool but its answer. `worker`: it has the files below `root` and
   * commands in the sandbox; what the sandbox cannot hold is refused, and nobody is asked.
   */
  guest: z.enum(["voice", "worker"]).optional(),
});

/** An elector is asked for its ballot. */
export const BallotWork = WorkBase.extend({
  kind: z.literal("ballot"),
  decisionId: z.string(),
  round: z.number().int().min(1),
  subject: Subject,
  artifactHash: z.string(),
  /** The plan, the change as a unified diff, or the proposed answer. */
  artifact: z.string(),
  evidence: z.array(Evidence),
  /** Empty in the first round; afterwards the contested claims, anonymised and shuffled for this reader. */
  contested: z.array(Contested),
  /** What the author says to the contested claims. */
  answer: z.string().optional(),
  /** Set for the senior model that is asked after the team could not decide: what was said on both sides, without names. */
  split: z
    .object({ because: z.string(), reasons: z.array(z.string()) })
    .optional(),
});

/** What an agent is asked to do. */
export const Work = z.discriminatedUnion("kind", [
  WorkBase.extend({
    kind: z.literal("plan"),
    previous: Plan.optional(),
    findings: z.array(Finding),
    remarks: z.array(z.string()),
  }),
  WorkBase.extend({
    kind: z.literal("resolve"),
    previous: Resolution.optional(),
    findings: z.array(Finding),
    remarks: z.array(z.string()),
    /** Set for an author whose proposal the team is split on: what is said against it, to be answered and not to be mended. */
    against: z
      .object({ artifact: z.string(), claims: z.array(Contested) })
      .optional(),
  }),
  BallotWork,
  /** Look at one claim of somebody else, and show what you found. */
  WorkBase.extend({
    kind: z.literal("verify"),
    decisionId: z.string(),
    claimId: z.string(),
    claim: Finding,
    artifactHash: z.string(),
    artifact: z.string(),
    evidence: z.array(Evidence),
  }),
  WorkBase.extend({
    kind: z.literal("implement"),
    plan: Plan,
    step: PlanStep,
    findings: z.array(Finding),
    remarks: z.array(z.string()),
    /** Commands that check the project, as argument vectors. */
    checks: z.array(z.array(z.string())),
  }),
]);
export type Work = z.infer<typeof Work>;
export type WorkOf<K extends Work["kind"]> = Extract<Work, { kind: K }>;

/** What a verifier hands in. Quotes are checked against the files. */
export const VerificationPaper = z.object({
  verdict: VerifierVerdict,
  reason: z.string().min(1).max(2000),
  quotes: z.array(Quote).max(10),
});
export type VerificationPaper = z.infer<typeof VerificationPaper>;

/** What a developer says of a step it built. */
export const ImplementPaper = z.object({
  summary: z.string().min(1).max(2000),
  commitType: z
    .enum(["feat", "fix", "refactor", "test", "docs", "chore", "perf"])
    .describe("conventional-commit type"),
});

/** What an agent gives back; `kind` is that of the work. */
export const Answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plan"), plan: Plan }),
  z.object({ kind: z.literal("resolve"), resolution: Resolution }),
  z.object({ kind: z.literal("ballot"), paper: BallotPaper }),
  z.object({ kind: z.literal("verify"), paper: VerificationPaper }),
  ImplementPaper.extend({ kind: z.literal("implement") }),
]);
export type Answer = z.infer<typeof Answer>;
export type AnswerOf<K extends Work["kind"]> = Extract<Answer, { kind: K }>;
