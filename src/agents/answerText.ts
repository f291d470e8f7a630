import { planMarkdown } from "../core/plan.ts";
import type { Answer } from "../protocol/work.ts";

/** An answer in words, Markdown, for people and for clients that do not know our media type. */
export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case "plan":
      return planMarkdown(answer.plan);
    case "resolve": {
      const { answer: text, options, consequences } = answer.resolution;
      return [
        text,
        ...list("Options weighed", options),
        ...list("Consequences", consequences),
      ].join("\n");
    }
    case "ballot": {
      const { verdict, confidence, reason, findings } = answer.paper;
      return [
        `**${verdict}** (${String(confidence)} %): ${reason}`,
        ...list(
          "Findings",
          findings.map(
            ({ path, line, severity, claim }) =>
              `\`${path}:${String(line)}\` ${severity}: ${claim}`,
          ),
        ),
      ].join("\n");
    }
    case "implement":
      return answer.summary;
  }
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0
    ? []
    : ["", `${title}:`, ...items.map((item) => `- ${item}`)];
}
