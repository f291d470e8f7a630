import type { Message } from "../../protocol/a2a.ts";
import type { Ballot, Tally } from "../../protocol/consensus.ts";
import type { Outcome, Recorded } from "../../protocol/event.ts";
import type { Said } from "../../protocol/panel.ts";
import { dollars } from "../money.ts";

type Words = Pick<Said, "from" | "to" | "kind" | "text" | "tone">;

/** What a round's ballots are worth knowing about when it is told: the ballots and the names behind them. */
export interface Table {
  readonly name: (agentId: string) => string;
  readonly ballots: (decisionId: string, round: number) => readonly Ballot[];
}

/** The line of the conversation an event makes; undefined for events that say nothing to people. Ballots stay sealed until their round is tallied. */
export function say(event: Recorded, table: Table): Said | undefined {
  const words = wordsOf(event, table);
  return words && { seq: event.seq, at: event.at, ...words };
}

function wordsOf(event: Recorded, table: Table): Words | undefined {
  const from = event.by;
  switch (event.type) {
    case "MissionOpened":
      return line(from, "everyone", "goal", event.data.goal);
    case "PlanProposed":
      return line(
        event.data.authorId,
        "everyone",
        "plan",
        `Plan, version ${String(event.data.attempt)}: ${event.data.plan.summary}\n\n${event.data.plan.steps.map((step) => `- **${step.id}** ${step.title}${step.dependsOn.length > 0 ? ` (after ${step.dependsOn.join(", ")})` : ""}`).join("\n")}`,
      );
    case "ResolutionProposed":
      return line(
        event.data.authorId,
        "everyone",
        "plan",
        event.data.resolution.answer,
      );
    case "RoundOpened":
      return line(
        "hub",
        "everyone",
        "system",
        event.data.round === 1
          ? `Ballots are open on “${event.data.title}”. Sealed until all are in.`
          : "The team is split. One rebuttal round: the contested claims only, without names.",
      );
    case "EvidenceRecorded": {
      const { tool, status, summary } = event.data.evidence;
      return line(
        `tool:${tool}`,
        "everyone",
        "evidence",
        `${status.replace("_", " ")} · ${summary}`,
        status === "PASS" ? "good" : status === "FAIL" ? "bad" : "warn",
      );
    }
    case "BallotCast":
      return line(
        event.data.ballot.agentId,
        "hub",
        "ballot",
        "Sealed ballot is in.",
      );
    case "BallotSetAside":
      return line(
        event.data.ballot.agentId,
        "hub",
        "ballot",
        `A ballot was set aside: ${SET_ASIDE[event.data.why]}.`,
        "warn",
      );
    case "RoundTallied":
      return line(
        "hub",
        "everyone",
        "tally",
        tallyText(
          event.data.tally,
          table.ballots(event.data.decisionId, event.data.tally.round),
          table,
        ),
        event.data.tally.outcome === "approved"
          ? "good"
          : event.data.tally.outcome === "blocked"
            ? "bad"
            : "warn",
      );
    case "DecisionMade":
      return line(
        "hub",
        "everyone",
        "tally",
        `The team ${event.data.outcome === "approved" ? "approves" : "blocks"} the ${event.data.subject}. ${event.data.because}`,
        event.data.outcome === "approved" ? "good" : "bad",
      );
    case "DecisionEscalated":
      return line(
        "hub",
        "human",
        "tally",
        `No decision by the team: ${event.data.because}`,
        "warn",
      );
    case "RulingAsked":
      return line("hub", "human", "ruling", event.data.question, "warn");
    case "HumanRuled":
      return line(
        event.data.by,
        "everyone",
        "ruling",
        `${RULED[event.data.verdict]}${event.data.reason ? `: ${event.data.reason}` : "."}`,
        event.data.verdict === "approve" ? "good" : "warn",
      );
    case "StepBuilt":
      return line(
        event.data.agentId,
        "everyone",
        "build",
        `Built **${event.data.stepId}**: ${event.data.summary}${event.data.files.length > 0 ? `\n\n${event.data.files.map((file) => `\`${file}\``).join(", ")}` : "\n\nNo file changed."}`,
      );
    case "ChangeProposed": {
      const { files, conflicts } = event.data.change;
      const added = files.reduce((sum, file) => sum + file.added, 0);
      const deleted = files.reduce((sum, file) => sum + file.deleted, 0);
      return line(
        "hub",
        "everyone",
        "build",
        `The change: ${String(files.length)} ${files.length === 1 ? "file" : "files"}, +${String(added)} −${String(deleted)}${conflicts.length > 0 ? `; conflicts in ${conflicts.join(", ")}` : ""}.`,
      );
    }
    case "MergeIntended":
      return line(
        "hub",
        "everyone",
        "system",
        `Merging into ${event.data.branch}.`,
      );
    case "Merged":
      return line(
        "hub",
        "everyone",
        "system",
        `Merged into ${event.data.branch} as \`${event.data.commit.slice(0, 10)}\`.`,
        "good",
      );
    case "MissionStalled":
      return line(
        "hub",
        "human",
        "problem",
        `${event.data.problem.message} ${event.data.problem.next}`,
        "bad",
      );
    case "MissionResumed":
      return line("hub", "everyone", "system", "Going on from here.");
    case "MissionClosed":
      return line(
        "hub",
        "everyone",
        "outcome",
        event.data.outcome.summary,
        toneOf(event.data.outcome),
      );
    case "TaskSubmitted":
      return line(
        event.data.from,
        event.data.agentId,
        "message",
        textOf(event.data.message),
      );
    case "MessageSent":
      return line(
        event.data.from,
        event.data.to,
        "message",
        textOf(event.data.message),
      );
    case "TaskStatusChanged": {
      const { message, state } = event.data.status;
      const text = message ? textOf(message) : "";
      if (text === "") return undefined;
      return line(
        from,
        "everyone",
        "message",
        text,
        state === "TASK_STATE_FAILED" || state === "TASK_STATE_REJECTED"
          ? "bad"
          : "neutral",
      );
    }
    case "ToolCalled":
      return line(
        event.data.agentId,
        "hub",
        "tool",
        `\`${event.data.tool}\` ${event.data.summary}${event.data.ruling === "deny" ? ` — denied: ${event.data.rule}` : ""}`,
        event.data.ruling === "deny" ? "bad" : "neutral",
      );
    case "PermissionAsked":
      return line(
        event.data.agentId,
        "human",
        "permission",
        `May I? ${event.data.why}\n\n\`${event.data.subject}\``,
        "warn",
      );
    case "PermissionAnswered":
      return line(
        event.data.by,
        "everyone",
        "permission",
        PERMITTED[event.data.answer],
        event.data.answer === "no" ? "warn" : "good",
      );
    case "TaskArtifactAdded":
    case "ToolReturned":
    case "CallReserved":
    case "CallSettled":
    case "AgentSeated":
    case "AgentLeft":
    case "StopPulled":
    case "StopReleased":
      return undefined;
  }
}

const RULED = {
  approve: "Approved",
  requestChanges: "Changes requested",
  reject: "Rejected",
  overrule: "Overruled the team",
} as const;

const PERMITTED = {
  once: "Allowed, this once.",
  mission: "Allowed for this mission.",
  no: "Not allowed.",
} as const;

const SET_ASIDE = {
  stranger: "its sender is not in the electorate",
  author: "authors do not vote on their own work",
  late: "it came after the round was closed",
  stale: "it names another version of the artifact",
  duplicate: "it came twice",
  equivocation: "the same elector sent two different ballots",
  unchanged: "a changed vote needs new evidence, so the first one stands",
} as const;

function line(
  from: string,
  to: string,
  kind: Words["kind"],
  text: string,
  tone: Words["tone"] = "neutral",
): Words {
  return { from, to, kind, text, tone };
}

/** The text parts of a message, joined. */
export function textOf(message: Message): string {
  return message.parts
    .map((part) => part.text)
    .filter((text) => text !== undefined)
    .join("\n\n");
}

function tallyText(
  tally: Tally,
  ballots: readonly Ballot[],
  table: Table,
): string {
  const votes = ballots.map(
    (ballot) =>
      `- **${table.name(ballot.agentId)}** ${VERDICT[ballot.verdict]} (${String(ballot.confidence)} %): ${ballot.reason}`,
  );
  const claims = tally.clusters.map(
    ({ representative: claim, standing, support }) =>
      `- ${claim.severity} · ${standing.toLowerCase()}${standing === "CORROBORATED" ? ` by ${String(support)}` : ""} · \`${claim.path}${claim.line > 0 ? `:${String(claim.line)}` : ""}\` ${claim.claim}`,
  );
  return [
    `Round ${String(tally.round)}: ${String(tally.approvals)} approve, ${String(tally.blocks)} block, ${String(tally.abstentions)} abstain${tally.absent > 0 ? `, ${String(tally.absent)} absent` : ""}. ${tally.because}`,
    votes.join("\n"),
    claims.length > 0 ? `Findings:\n${claims.join("\n")}` : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const VERDICT = {
  approve: "approves",
  block: "blocks",
  abstain: "abstains",
} as const;

function toneOf(outcome: Outcome): Words["tone"] {
  switch (outcome.kind) {
    case "merged":
    case "accepted":
    case "answered":
      return "good";
    case "blocked":
    case "rejected":
      return "bad";
    case "stopped":
    case "branchLeft":
      return "warn";
  }
}

/** What a mission has cost so far, for one line. */
export function spentText(microUsd: number, capMicroUsd: number): string {
  return `${dollars(microUsd)} of ${dollars(capMicroUsd)}`;
}
