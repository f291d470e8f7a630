import type { Evidence } from "../protocol/consensus.ts";
import type { MissionDetail } from "../protocol/panel.ts";
import type { Printer } from "./print.ts";

/** Findings of one tool that are listed; the rest is counted. */
const MOST_FINDINGS = 8;
/** Last lines of a failed check's output. */
const MOST_OUTPUT = 20;

/** Prints what the tools found in the last change that was decided on: every tool that did not pass, its findings, the end of its output. Prints nothing where all passed. */
export function showToolsFound(
  { decisions }: MissionDetail,
  printer: Printer,
): void {
  const last = decisions.findLast(({ subject }) => subject === "change");
  const failed = (last?.evidence ?? []).filter(
    ({ status }) => status !== "PASS",
  );
  if (failed.length === 0) return;
  printer.heading("What the tools found:");
  for (const evidence of failed) showOne(evidence, printer);
}

function showOne(
  { tool, status, summary, findings, output }: Evidence,
  printer: Printer,
): void {
  printer.note(`${status.replace("_", " ")} ${tool} · ${summary}`);
  for (const { severity, path, line, claim } of findings.slice(
    0,
    MOST_FINDINGS,
  ))
    printer.note(
      `- ${severity} ${path}${line > 0 ? `:${String(line)}` : ""} ${claim}`,
    );
  if (findings.length > MOST_FINDINGS)
    printer.note(`- and ${String(findings.length - MOST_FINDINGS)} more`);
  // What could not run says why in its summary.
  if (output === undefined || status !== "FAIL") return;
  for (const row of output.trimEnd().split("\n").slice(-MOST_OUTPUT))
    printer.line(`    │ ${row}`);
}
