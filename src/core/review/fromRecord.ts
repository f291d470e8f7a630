import type { ReviewFinding } from "../../protocol/findings.ts";

/** Why a finding was raised, as far as the record tells, in Markdown: what an explanation without a model is. Words of tools and agents are quoted, never obeyed. */
export function explainFromRecord(finding: ReviewFinding): string {
  const { raisedBy, rule, evidence, verified } = finding;
  const who = raisedBy.map(({ name, role }) =>
    role === "tool" ? `the tool ${name}` : name,
  );
  return [
    `${who.join(", ") || "Nobody who is known"} raised it${rule === undefined ? "" : ` under the rule \`${rule}\``}. ${STANDS[finding.standing]}`,
    ...evidence.map(({ tool, summary, output }) =>
      [
        `**${tool}**: ${summary}`,
        ...(output.trim() === "" ? [] : [fenced(output.trim())]),
      ].join("\n\n"),
    ),
    ...(verified === undefined
      ? []
      : [
          `${verified.by === "" ? "A verifier" : verified.by} looked at it: ${verified.verdict}.${verified.reason === "" ? "" : ` ${verified.reason}`}`,
          ...verified.quotes.map(
            ({ path, line, text }) =>
              `\`${path}:${String(line)}\`\n\n${fenced(text)}`,
          ),
        ]),
  ].join("\n\n");
}

const STANDS = {
  CONFIRMED: "It is confirmed: a check failed on it, or it was verified.",
  CORROBORATED: "Independent voices raised the same.",
  SINGLE: "Nobody else did, and nothing has confirmed it.",
} as const;

/** Text as a block of code that nothing in it can end. */
export function fenced(text: string): string {
  const longest = Math.max(
    2,
    ...[...text.matchAll(/`+/gu)].map(([run]) => run.length),
  );
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
