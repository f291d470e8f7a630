import {
  electors,
  phase,
  type DecisionState,
} from "../core/consensus/decision.ts";
import { dissentOf } from "../core/consensus/dissent.ts";
import type { HumanVerdict } from "../protocol/consensus.ts";
import type { Outcome } from "../protocol/event.ts";
import type { Lesson, Line } from "./line.ts";
import type { Proposal } from "./proposal.ts";

/** What the line does next: go on, try again with a lesson, or end. */
export type Word =
  | { readonly kind: "go" }
  | { readonly kind: "revise"; readonly lesson: Lesson }
  | { readonly kind: "end"; readonly outcome: Outcome };

/**
 * The human gate. A block with attempts left revises without a word of the human; everything else waits for them, or for the policy
 * they chose: `auto` approves only what the team approved, `deny` rejects. Silence never approves.
 */
export async function rule(
  line: Line,
  proposal: Proposal,
  decision: DecisionState,
): Promise<Word> {
  const { approve, maxAttempts } = line.opened;
  const lesson = lessonOf(decision);
  const mayRevise = proposal.attempt < maxAttempts;
  const ruled = decision.ruling;
  if (ruled === undefined && phase(decision) === "blocked" && mayRevise)
    return { kind: "revise", lesson };
  if (
    ruled === undefined &&
    approve === "auto" &&
    phase(decision) !== "approved"
  )
    return mayRevise
      ? { kind: "revise", lesson }
      : { kind: "end", outcome: unresolved(proposal, decision) };

  // What was ruled on is not asked again: not after a crash, and not when only the branch has moved.
  const ruling =
    ruled ??
    (approve === "ask"
      ? await askHuman(line, proposal, decision)
      : await byPolicy(line, proposal, approve));
  switch (ruling.verdict) {
    case "approve":
    case "overrule":
      return { kind: "go" };
    case "requestChanges":
      return {
        kind: "revise",
        lesson: {
          ...lesson,
          remarks: [
            `The owner asks for changes: ${ruling.reason}`,
            ...lesson.remarks,
          ],
        },
      };
    case "reject":
      return {
        kind: "end",
        outcome: {
          kind: "rejected",
          summary: `${ruling.by === "human" ? "You rejected" : "The policy rejected"} the ${proposal.subject}${ruling.reason ? `: ${sentence(ruling.reason)}` : "."} Nothing was merged.`,
        },
      };
  }
}

/** The words with an end, because a sentence follows. */
function sentence(words: string): string {
  return /[.!?…]$/.test(words.trim()) ? words.trim() : `${words.trim()}.`;
}

interface Ruling {
  readonly verdict: HumanVerdict;
  readonly reason: string;
  readonly by: string;
}

async function askHuman(
  line: Line,
  proposal: Proposal,
  decision: DecisionState,
): Promise<Ruling> {
  const { decisionId, subject, artifactHash, attempt } = proposal;
  await line.journal.step(
    "RulingAsked",
    attempt,
    () =>
      Promise.resolve({
        decisionId,
        subject,
        artifactHash,
        question: question(proposal, decision),
      }),
    decisionId,
  );
  const ruled = await line.ports.log.waitFor(
    line.missionId,
    "HumanRuled",
    (event) =>
      event.data.decisionId === decisionId &&
      event.data.artifactHash === artifactHash,
    line.signal,
  );
  return ruled.data;
}

async function byPolicy(
  line: Line,
  { decisionId, artifactHash, attempt }: Proposal,
  mode: "auto" | "deny",
): Promise<Ruling> {
  return line.journal.step(
    "HumanRuled",
    attempt,
    () =>
      Promise.resolve({
        decisionId,
        artifactHash,
        verdict: mode === "auto" ? "approve" : "reject",
        reason:
          mode === "auto"
            ? "the team approved it and this run approves what the team approves"
            : "this run approves nothing",
        by: `policy:${mode}`,
      }),
    decisionId,
  );
}

function question({ subject }: Proposal, decision: DecisionState): string {
  switch (phase(decision)) {
    case "approved":
      return subject === "change"
        ? "The team approves the change. Merge it?"
        : subject === "plan"
          ? "The team approves the plan. Build it?"
          : "The team agrees on this answer. Record it?";
    case "blocked":
      return `The team still blocks the ${subject} after all attempts. Overrule it with a reason, ask for changes, or reject it.`;
    default: {
      const { because = "" } = decision.outcome ?? {};
      return electors(decision).length === 0
        ? `No model has read the ${subject}. ${because} It is yours to decide.`
        : `The team could not decide on the ${subject}: ${because} It is yours to decide.`;
    }
  }
}

function unresolved({ subject }: Proposal, decision: DecisionState): Outcome {
  return {
    kind: "blocked",
    summary: `The ${subject} was not approved: ${decision.outcome?.because ?? ""} Nothing was merged.`,
  };
}

/** What the next attempt should know: claims that stood, then what the dissenters said, without names. */
function lessonOf(decision: DecisionState): Lesson {
  const clusters = decision.tallies.at(-1)?.clusters ?? [];
  const failed = decision.evidence.filter(({ status }) => status === "FAIL");
  return {
    findings: [
      ...clusters.map(({ representative }) => representative),
      ...failed.flatMap(({ findings }) => findings),
    ],
    remarks: [
      ...failed.map(({ tool, summary }) => `${tool} failed: ${summary}`),
      ...dissentOf(decision, "approved").map(({ reason }) => reason),
    ],
  };
}
