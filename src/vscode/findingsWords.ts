/** A finding in words, for threads and the Problems list. What tools and agents said is data: it makes no links, pictures or commands. */
import * as vscode from "vscode";
import { fenced } from "../core/review/fromRecord.ts";
import type { Severity, Standing } from "../protocol/consensus.ts";
import type { FindingState, ReviewFinding } from "../protocol/findings.ts";

/** Lines of a tool's output that a thread shows, the last. */
const OUTPUT_LINES = 8;

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
};

const STANDING: Readonly<Record<Standing, string>> = {
  CONFIRMED: "confirmed",
  CORROBORATED: "raised independently by several",
  SINGLE: "raised by one",
};

/** What stands above a thread: how grave it is, whether it blocks, and what became of it. */
export function threadLabel(finding: ReviewFinding): string {
  const { severity, rule, blocks, minority, earlier, state } = finding;
  return [
    SEVERITY[severity],
    ...(rule === undefined ? [] : [rule]),
    ...(state.kind === "open"
      ? [
          ...(blocks ? ["blocks the change"] : []),
          ...(minority ? ["minority report"] : []),
          ...(earlier ? ["of an earlier review"] : []),
        ]
      : [stateWords(state)]),
  ].join(" · ");
}

/** What became of a finding, in a few words. */
export function stateWords(state: FindingState): string {
  switch (state.kind) {
    case "open":
      return "open";
    case "dismissed":
      return `dismissed: ${DISMISSED[state.why]}`;
    case "settled":
      return state.how === "fixApplied" ? "fix applied" : "gone";
  }
}

/** Why findings are dismissed, as people pick it. */
export const DISMISSED = {
  wrong: "wrong",
  wontFix: "won't fix",
  outOfScope: "out of scope",
} as const;

/** Names of those who raised it. */
export function raisers({ raisedBy }: ReviewFinding): string {
  return raisedBy.map(({ name }) => name).join(", ") || "Roundtable";
}

/** The claim and what stands behind it. `isStale`: its line was edited since the review. */
export function findingBody(
  finding: ReviewFinding,
  isStale: boolean,
): vscode.MarkdownString {
  const body = plainMarkdown();
  body.appendMarkdown(inline(finding.claim));
  body.appendMarkdown(`\n\n${standsWhy(finding)}`);
  if (isStale)
    body.appendMarkdown(
      "\n\n*This place was edited since the review; review again to see whether it is settled.*",
    );
  for (const { tool, summary, output } of finding.evidence) {
    const isRaiser = finding.raisedBy.some(({ name }) => name === tool);
    // What a tool that raised it has to say is the claim; its output may show more.
    if (isRaiser && output.trim() === "") continue;
    body.appendMarkdown(`\n\n**${escaped(tool)}** ${inline(summary)}`);
    const tail = output.trim().split("\n").slice(-OUTPUT_LINES).join("\n");
    if (tail !== "") body.appendMarkdown(`\n\n${fenced(tail)}`);
  }
  const { verified, fix } = finding;
  if (verified !== undefined && verified.reason !== "") {
    body.appendMarkdown(
      `\n\n**${escaped(verified.by)}** ${VERIFIED[verified.verdict]}: ${inline(verified.reason)}`,
    );
    for (const { path, line, text } of verified.quotes)
      body.appendMarkdown(
        `\n\n${inline(`\`${path}:${String(line)}\``)}\n\n${fenced(text)}`,
      );
  }
  if (fix !== undefined)
    body.appendMarkdown(
      `\n\nSuggested for ${fix.from === fix.to ? `line ${String(fix.from)}` : `lines ${String(fix.from)}–${String(fix.to)}`}:\n\n${fix.text === "" ? "*take it out*" : fenced(fix.text)}`,
    );
  return body;
}

const VERIFIED = {
  confirmed: "verified it",
  refuted: "refutes it",
  unclear: "could not tell",
} as const;

const LOOKED = {
  confirmed: "verified",
  refuted: "refuted by a verifier",
  unclear: "a verifier could not tell",
} as const;

function standsWhy({
  standing,
  raisedBy,
  verified,
  minority,
}: ReviewFinding): string {
  if (minority)
    return "*One model alone says so: a minority report, which blocks nothing.*";
  const tools = raisedBy.filter(({ role }) => role === "tool");
  const how =
    standing === "CONFIRMED" && tools.length > 0
      ? `confirmed by ${tools.map(({ name }) => escaped(name)).join(", ")}`
      : STANDING[standing];
  const looked =
    verified === undefined
      ? tools.length > 0
        ? ""
        : "; not verified"
      : `; ${LOOKED[verified.verdict]}`;
  return `*${how[0]?.toUpperCase() ?? ""}${how.slice(1)}${looked}.*`;
}

/** One line of text, for lists. */
export function oneLine({ path, line, claim }: ReviewFinding): string {
  return `${path}${line > 0 ? `:${String(line)}` : ""} ${claim}`;
}

/** An agent's answer: its Markdown, without pictures and HTML. */
export function answerBody(answer: string): vscode.MarkdownString {
  return plainMarkdown().appendMarkdown(
    answer
      .split(/(^ {0,3}(?:```|~~~)[\s\S]*?^ {0,3}(?:```|~~~)[^\n]*$)/mu)
      .map((part, index) =>
        index % 2 === 1 ? part : part.replaceAll("![", "!\\["),
      )
      .join(""),
  );
}

/** Text as it is. */
export function textBody(text: string): vscode.MarkdownString {
  return plainMarkdown().appendText(text);
}

function plainMarkdown(): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}

/** Text with nothing but `code` in it kept as such. */
function inline(text: string): string {
  return text
    .split(/(`[^`\n]+`)/u)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join("");
}

/** Text in which no character means anything to Markdown; addresses are not made links. */
function escaped(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/gu, "\\$&").replace(/\s+/gu, " ");
}
