/** The words of a decision. All numbers are whole: confidences in percent, weights and scores in milli-logits, times in ms since 1970. */
import * as z from "zod";

/** What is decided on. */
export const Subject = z.enum(["plan", "change", "question"]);
export type Subject = z.infer<typeof Subject>;

/** What an elector says: `block` is "not like this", `abstain` counts for presence only. */
export const Verdict = z.enum(["approve", "block", "abstain"]);
export type Verdict = z.infer<typeof Verdict>;

/** How bad a finding is. High and above can block a change. */
export const Severity = z.enum(["low", "medium", "high", "critical"]);
export type Severity = z.infer<typeof Severity>;

/** Whole lines of the new version of the finding's file and what should stand there instead: `from` and `to` 1-based and inclusive, `text` without a last line break; empty deletes them. */
export const Fix = z.object({
  from: z.number().int().min(1),
  to: z.number().int().min(1),
  text: z.string().max(4000),
});
export type Fix = z.infer<typeof Fix>;

/** One claim about one place. `line` is 1-based in the new version of the file; 0 when it is about the whole file. */
export const Finding = z.object({
  path: z
    .string()
    .max(500)
    .describe("file the claim is about, or the plan step's id"),
  line: z.number().int().min(0),
  claim: z.string().min(1).max(1000),
  severity: Severity,
  /** Id of an {@link Evidence} of the same decision that shows the claim. */
  evidenceRef: z.string().max(200).optional(),
  /** Id of the rule of a tool that raised it, such as `prototype-pollution`. */
  rule: z.string().max(100).optional(),
  /** An edit of the same file that would settle it. */
  fix: Fix.optional(),
});
export type Finding = z.infer<typeof Finding>;

/** How a check ended. A check that could not run is never a PASS. */
export const EvidenceStatus = z.enum(["PASS", "FAIL", "ERROR", "NOT_RUN"]);
export type EvidenceStatus = z.infer<typeof EvidenceStatus>;

/** What a deterministic tool says about an artifact. A failed `required` one blocks at once; PASS is never a vote. */
export const Evidence = z.object({
  id: z.string(),
  tool: z.string(),
  status: EvidenceStatus,
  required: z.boolean(),
  summary: z.string().max(2000),
  findings: z.array(Finding),
  /** Last lines of the tool's output, for people. */
  output: z.string().max(8000).optional(),
  durationMs: z.number().int().min(0),
});
export type Evidence = z.infer<typeof Evidence>;

/** A member of the electorate as it was when the round opened. */
export const Elector = z.object({
  agentId: z.string(),
  role: z.string(),
  name: z.string(),
  /** Model and version: votes of one lineage are correlated. */
  lineage: z.string(),
  /** `local`, or the id of the peer hub that vouches for it. All electors of one peer hub together weigh at most one local voter. */
  hub: z.string(),
  /** Weight of a vote, milli-logits, 0 to 2200. */
  weight: z.number().int().min(0).max(2200),
});
export type Elector = z.infer<typeof Elector>;

/** The rules a decision runs under, fixed when it opens. */
export const Rules = z.object({
  /** Confidence needed to approve a plan or question, per mille; 750 by default. */
  threshold: z.number().int().min(500).max(999),
  /** Share of the electorate whose ballots must be in, per mille; 600 by default. */
  quorum: z.number().int().min(1).max(1000),
  /** Rounds of ballots, the rebuttal included: 1 or 2. */
  maxRounds: z.number().int().min(1).max(2),
  /** Time a round may take, ms. */
  roundMs: z.number().int().min(1000),
  /** Roles whose evidence-backed block is a veto. */
  vetoRoles: z.array(z.string()),
  /** Roles that must have voted, however they voted. */
  requiredRoles: z.array(z.string()),
  /** Prior probability that a proposal is good, per mille; 500 by default. */
  prior: z.number().int().min(1).max(999),
  /** Findings a verifier may be asked about in one decision; none where left out. */
  verifications: z.number().int().min(0).max(100).optional(),
  /** Whether what the team cannot settle goes to a senior model before it goes to the human; not where left out. */
  senior: z.boolean().optional(),
  /** Names of the rules file's labels that fit this decision; what they ask for is in these rules. */
  labels: z.array(z.string()).optional(),
});
export type Rules = z.infer<typeof Rules>;

/** A sealed ballot. */
export const Ballot = z.object({
  agentId: z.string(),
  round: z.number().int().min(1),
  artifactHash: z.string(),
  verdict: Verdict,
  confidence: z.number().int().min(0).max(100),
  reason: z.string(),
  findings: z.array(Finding),
  /** Model that filled it in; differs from the elector's when a fallback answered. */
  lineage: z.string(),
  /** Indexes of findings that name a place the artifact does not have: they corroborate and confirm nothing. Written by the hub. */
  astray: z.array(z.number().int().min(0)).max(100).optional(),
});
export type Ballot = z.infer<typeof Ballot>;

/** Lines of the artifact a verifier points at; they count only when they stand there. */
export const Quote = z.object({
  path: z.string().max(500),
  line: z.number().int().min(1),
  text: z.string().min(1).max(2000),
});
export type Quote = z.infer<typeof Quote>;

/** What a verifier says of a claim. */
export const VerifierVerdict = z.enum(["confirmed", "refuted", "unclear"]);
export type VerifierVerdict = z.infer<typeof VerifierVerdict>;

/** One claim looked at by somebody who did not raise it. */
export const Verification = z.object({
  /** The {@link VerificationClaim} it is about. */
  claimId: z.string(),
  agentId: z.string(),
  lineage: z.string(),
  verdict: VerifierVerdict,
  reason: z.string().max(2000),
  quotes: z.array(Quote).max(10),
  /** Commands the verifier ran, as the log tells them. */
  ran: z.array(z.string().max(500)).max(10),
  /** Whether every quote stands where it says, or a command was really run; a verdict that is not shown counts as unclear. */
  shown: z.boolean(),
});
export type Verification = z.infer<typeof Verification>;

/** A claim that is put to a verifier: the representative of a cluster. */
export const VerificationClaim = z.object({
  claimId: z.string(),
  finding: Finding,
  /** Agents that raised it; none of them verifies it. */
  raisedBy: z.array(z.string()),
});
export type VerificationClaim = z.infer<typeof VerificationClaim>;

/** Standing of a cluster of findings. */
export const Standing = z.enum(["CONFIRMED", "CORROBORATED", "SINGLE"]);
export type Standing = z.infer<typeof Standing>;

/** Findings that say the same thing of the same place. */
export const Cluster = z.object({
  id: z.string(),
  representative: Finding,
  standing: Standing,
  /** Agents that raised it, sorted; tools are named `tool:NAME`. */
  raisedBy: z.array(z.string()),
  /** Distinct (lineage, role) pairs behind it, peers counted once per hub. */
  support: z.number().int().min(1),
  /** How a verifier who could show it found the claim. */
  verified: VerifierVerdict.optional(),
  /** Log-odds that it is real, milli-logits: base rate, what the trust in who raised it and who did not adds, verification and evidence. */
  posterior: z.number().int().optional(),
  /** Whether it is likely enough, beside those told before it, to be told as the team's finding; one that is not is a minority report. Blocks nothing. */
  reported: z.boolean().optional(),
});
export type Cluster = z.infer<typeof Cluster>;

/** A claim shown to a reader in the rebuttal round: no author, no counts. */
export const Contested = z.object({
  path: z.string(),
  line: z.number().int(),
  claim: z.string(),
  severity: Severity,
});
export type Contested = z.infer<typeof Contested>;

/** How a round came out. */
export const Tally = z.object({
  round: z.number().int().min(1),
  outcome: z.enum(["approved", "blocked", "split", "noQuorum"]),
  approvals: z.number().int(),
  blocks: z.number().int(),
  abstentions: z.number().int(),
  absent: z.number().int(),
  /** Score and bar of a plan or question, milli-logits; 0 for a change. */
  score: z.number().int(),
  bar: z.number().int(),
  clusters: z.array(Cluster),
  /** One sentence that says why. */
  because: z.string(),
});
export type Tally = z.infer<typeof Tally>;

/** A block or a single finding that the outcome went against. */
export const Dissent = z.object({
  agentId: z.string(),
  reason: z.string(),
  findings: z.array(Finding),
});
export type Dissent = z.infer<typeof Dissent>;

/** What the human, who owns the decision, said of one artifact. */
export const HumanVerdict = z.enum([
  "approve",
  "requestChanges",
  "reject",
  "overrule",
]);
export type HumanVerdict = z.infer<typeof HumanVerdict>;
