import { EventData, type Recorded } from "../../protocol/event.ts";
import type { Said } from "../../protocol/panel.ts";
import { conversationWords } from "./said/conversation.ts";
import { deliberationWords, type Table } from "./said/deliberation.ts";
import { findingWords } from "./said/findings.ts";
import { progressWords } from "./said/progress.ts";
import { line, type Words } from "./said/words.ts";

/** The line of the conversation an event makes; undefined for events that say nothing to people. Ballots stay sealed until their round is tallied. */
export function say(event: Recorded, table: Table): Said | undefined {
  const words = Object.hasOwn(EventData, event.type)
    ? wordsOf(event, table)
    : unknownWords(event);
  return words && { seq: event.seq, at: event.at, ...words };
}

/** A later version may know more types; what it wrote is kept, and people are told that there is something. */
function unknownWords({ type }: { readonly type: string }): Words {
  return line(
    "hub",
    "everyone",
    "system",
    `Something this version does not know happened: \`${type}\`.`,
    "warn",
  );
}

function wordsOf(event: Recorded, table: Table): Words | undefined {
  switch (event.type) {
    case "PlanProposed":
    case "ResolutionProposed":
    case "RoundOpened":
    case "EvidenceRecorded":
    case "BallotCast":
    case "BallotSetAside":
    case "VerificationOpened":
    case "FindingVerified":
    case "RoundTallied":
    case "SeniorAsked":
    case "SeniorAnswered":
    case "DecisionMade":
    case "DecisionEscalated":
    case "RulingAsked":
    case "HumanRuled":
      return deliberationWords(event, table);
    case "FindingDismissed":
    case "FindingSettled":
    case "FindingExplained":
    case "FindingsMatched":
      return findingWords(event, table);
    case "MissionOpened":
    case "StepBuilt":
    case "ChangeProposed":
    case "MergeIntended":
    case "Merged":
    case "MissionStalled":
    case "MissionResumed":
    case "MissionClosed":
    case "DecisionRecorded":
      return progressWords(event);
    case "TaskSubmitted":
    case "MessageSent":
    case "TaskStatusChanged":
    case "ToolCalled":
    case "PermissionAsked":
    case "PermissionAnswered":
      return conversationWords(event);
    case "TaskArtifactAdded":
    case "ToolReturned":
    case "CallReserved":
    case "CallSettled":
    case "AgentSeated":
    case "AgentLeft":
    case "StopPulled":
    case "StopReleased":
    case "AgentUnhealthy":
    case "AgentRecovered":
    case "TaskReassigned":
    case "AgentTokenIssued":
    case "AgentTokenRevoked":
    case "AgentLinked":
    case "AgentUnlinked":
    case "MissionArchived":
    case "TrustLearned":
    case "HubIdentified":
    case "SharingOpened":
    case "SharingClosed":
    case "InvitationMade":
    case "InvitationTried":
    case "InvitationEnded":
    case "PeerPaired":
    case "PeerScopesChanged":
    case "PeerSeen":
    case "PeerRevoked":
    case "PeerForgotten":
    case "PeerCardPinned":
    case "RoomJoined":
    case "PeerSaid":
    case "PeerForked":
    case "TermVoted":
    case "RoomLeft":
    case "PeerTaskAsked":
    case "PeerTaskAnswered":
    case "PeerTaskMoved":
      return undefined;
  }
}
