import type {
  Ballot,
  Finding,
  Tally,
  Verification,
} from "../../../protocol/consensus.ts";
import type { Recorded } from "../../../protocol/event.ts";
import { line, type Words } from "./words.ts";

/** What is worth knowing when an event is told: ballots, findings, and the names behind them. */
export interface Table {
  readonly name: (agentId: string) => string;
  readonly ballots: (decisionId: string, round: number) => readonly Ballot[];
  /** A finding in words: its place and its claim. */
  readonly finding: (findingId: string) => string;
}

type Deliberation = Extract<
  Recorded,
  {
    type:
      | "PlanProposed"
      | "ResolutionProposed"
      | "RoundOpened"
      | "EvidenceRecorded"
      | "BallotCast"
      | "BallotSetAside"
      | "VerificationOpened"
      | "FindingVerified"
      | "RoundTallied"
      | "SeniorAsked"
      | "SeniorAnswered"
      | "DecisionMade"
      | "DecisionEscalated"
      | "RulingAsked"
      | "HumanRuled";
  }
>;

/** What people read of proposals, ballots, tallies and rulings. Ballots stay sealed until their round is tallied. */
export function deliberationWords(event: Deliberation, table: Table): Words {
  switch (event.type) {
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
        `A ballot was set aside: ${SET_ASIDE[event.data.why]}${
          // Only electors of other hubs have a hub in their ids.
          event.data.why === "equivocation" &&
          event.data.ballot.agentId.includes("@")
            ? ", so none of them counts"
            : ""
        }.`,
        "warn",
      );
    case "VerificationOpened": {
      const claims = event.data.claims.map(
        ({ finding }) => `- ${placeOf(finding)} ${finding.claim}`,
      );
      return line(
        "hub",
        "everyone",
        "system",
        `Ballots are closed. ${claims.length === 1 ? "One finding is" : `${String(claims.length)} findings are`} checked by somebody who did not raise ${claims.length === 1 ? "it" : "them"}:\n\n${claims.join("\n")}`,
      );
    }
    case "FindingVerified": {
      const { verification } = event.data;
      return line(
        verification.agentId,
        "everyone",
        "evidence",
        verifiedText(verification),
        verification.shown ? VERIFIED_TONE[verification.verdict] : "warn",
      );
    }
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
    case "SeniorAsked":
      return line(
        "hub",
        "everyone",
        "system",
        `The team cannot settle it, so a senior model is asked. ${event.data.because}`,
        "warn",
      );
    case "SeniorAnswered": {
      const { agentId, verdict, confidence, reason } = event.data.ballot;
      return line(
        agentId,
        "everyone",
        "ballot",
        `${VERDICT_OF_SENIOR[verdict]} (${String(confidence)} %): ${reason}`,
      );
    }
    case "DecisionMade":
      return line(
        "hub",
        "everyone",
        "tally",
        `The team ${event.data.outcome === "approved" ? "approves" : "blocks"} the ${event.data.subject === "question" ? "answer" : event.data.subject}. ${event.data.because}`,
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
  }
}

/** A finding's place, for people. */
function placeOf({ path, line: number }: Finding): string {
  return `\`${path}${number > 0 ? `:${String(number)}` : ""}\``;
}

function verifiedText({
  verdict,
  reason,
  quotes,
  ran,
  shown,
}: Verification): string {
  const grounds = [
    ...quotes.map(
      ({ path, line: number, text }) =>
        `- \`${path}:${String(number)}\` \`${text.trim().replaceAll("`", "'")}\``,
    ),
    ...ran.map((command) => `- ran \`${command.replaceAll("`", "'")}\``),
  ];
  const said = `${VERIFIED[verdict]}, because ${reason}`;
  if (verdict === "unclear") return said;
  return shown
    ? `${said}\n\n${grounds.join("\n")}`
    : `${said}\n\nThat is not shown by anything that stands in the code, so the finding stays unclear.`;
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
    ({ representative: claim, standing, support, verified }) =>
      `- ${[
        claim.severity,
        `${standing.toLowerCase()}${standing === "CORROBORATED" ? ` by ${String(support)}` : ""}`,
        ...(verified === "refuted" || verified === "unclear" ? [verified] : []),
        `${placeOf(claim)} ${claim.claim}`,
      ].join(" · ")}`,
  );
  return [
    `Round ${String(tally.round)}: ${String(tally.approvals)} approve, ${String(tally.blocks)} block, ${String(tally.abstentions)} abstain${tally.absent > 0 ? `, ${String(tally.absent)} absent` : ""}. ${tally.because}`,
    votes.join("\n"),
    claims.length > 0 ? `Findings:\n${claims.join("\n")}` : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const VERIFIED = {
  confirmed: "Checked: it holds",
  refuted: "Checked: it does not hold",
  unclear: "Checked: cannot be told",
} as const;

const VERIFIED_TONE = {
  confirmed: "bad",
  refuted: "good",
  unclear: "warn",
} as const;

const VERDICT_OF_SENIOR = {
  approve: "I approve",
  block: "I block",
  abstain: "I leave it to you",
} as const;

const RULED = {
  approve: "Approved",
  requestChanges: "Changes requested",
  reject: "Rejected",
  overrule: "Overruled the team",
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

const VERDICT = {
  approve: "approves",
  block: "blocks",
  abstain: "abstains",
} as const;
