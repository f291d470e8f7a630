import { planMarkdown } from "../core/plan.ts";
import type { Reply } from "../ports.ts";
import type { Artifact, Part } from "../protocol/a2a.ts";
import { ANSWER_MEDIA_TYPE, type Answer } from "../protocol/work.ts";

/** An answer as an A2A artifact: words, and the data for who knows our media type; `plain` leaves it at the words. */
export function artifactOf(
  { answer, lineage }: Extract<Reply, { ok: true }>,
  plain: boolean,
): Artifact {
  const words: Part = { text: answerText(answer), mediaType: "text/markdown" };
  const data: Part = { data: answer, mediaType: ANSWER_MEDIA_TYPE };
  return {
    artifactId: "answer",
    name: answer.kind,
    parts: plain ? [words] : [words, data],
    metadata: { lineage },
  };
}

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
    case "verify": {
      const { verdict, reason, quotes } = answer.paper;
      return [
        `**${verdict}**: ${reason}`,
        ...list(
          "Shown by",
          quotes.map(
            ({ path, line, text }) =>
              `\`${path}:${String(line)}\` \`${text.trim().replaceAll("`", "'")}\``,
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
