import type { Recorded } from "../../../protocol/event.ts";
import type { Table } from "./deliberation.ts";
import { line, type Words } from "./words.ts";

type FindingEvent = Extract<
  Recorded,
  {
    type:
      | "FindingDismissed"
      | "FindingSettled"
      | "FindingExplained"
      | "FindingsMatched";
  }
>;

/** What people read of findings after the tally: dismissals, fixes, answers, and what a later review made of them. */
export function findingWords(event: FindingEvent, table: Table): Words {
  switch (event.type) {
    case "FindingDismissed": {
      const { findingId, why, reason, by } = event.data;
      return line(
        by,
        "everyone",
        "ruling",
        `Dismissed ${table.finding(findingId)}: ${DISMISSED[why]}. ${reason}`,
      );
    }
    case "FindingSettled": {
      const { findingId, how, by } = event.data;
      return line(
        by,
        "everyone",
        "ruling",
        how === "fixApplied"
          ? `Applied the fix for ${table.finding(findingId)}.`
          : `A later review found ${table.finding(findingId)} gone.`,
        "good",
      );
    }
    case "FindingExplained": {
      const { findingId, question, answer, by } = event.data;
      return line(
        by,
        "human",
        "message",
        `On ${table.finding(findingId)}, asked “${question}”:\n\n${answer}`,
      );
    }
    case "FindingsMatched": {
      const { same, kept, gone } = event.data;
      const counts = [
        ...(gone.length > 0 ? [`${String(gone.length)} gone`] : []),
        ...(same.length > 0 ? [`${String(same.length)} still there`] : []),
        ...(kept.length > 0
          ? [`${String(kept.length)} not raised again on unchanged lines`]
          : []),
      ];
      return line(
        "hub",
        "everyone",
        "message",
        `Of the findings of the review before: ${counts.join(", ") || "none was left"}.`,
      );
    }
  }
}

const DISMISSED = {
  wrong: "it is wrong",
  wontFix: "it will not be fixed",
  outOfScope: "it is out of scope",
} as const;
