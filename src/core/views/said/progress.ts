import type { Outcome, Recorded } from "../../../protocol/event.ts";
import { line, type Words } from "./words.ts";

type Progress = Extract<
  Recorded,
  {
    type:
      | "MissionOpened"
      | "StepBuilt"
      | "ChangeProposed"
      | "MergeIntended"
      | "Merged"
      | "MissionStalled"
      | "MissionResumed"
      | "MissionClosed"
      | "DecisionRecorded";
  }
>;

/** What people read of how far a mission has come. */
export function progressWords(event: Progress): Words {
  switch (event.type) {
    case "MissionOpened":
      return line(event.by, "everyone", "goal", event.data.goal);
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
    case "DecisionRecorded":
      return line(
        "hub",
        "everyone",
        "system",
        `On record in \`${event.data.path}\`.`,
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
  }
}

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
