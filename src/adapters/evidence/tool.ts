import type { Evidence, Finding } from "../../protocol/consensus.ts";
import type { EvidenceInput, RunCheck } from "../../ports.ts";
import type { AddedLine } from "./addedLines.ts";

/** What every tool gets: the change, and its added lines found once. */
export interface Look {
  readonly input: EvidenceInput;
  readonly added: readonly AddedLine[];
  /** The diff was too long, so that lines are missing at its end. */
  readonly cut: boolean;
  readonly run: RunCheck;
  readonly signal: AbortSignal;
}

/** A deterministic tool; it may give several pieces of evidence. Rejections become ERROR. */
export interface EvidenceTool {
  readonly name: string;
  /** A failure blocks the change. */
  readonly required: boolean;
  look(look: Look): Promise<readonly Seen[]> | readonly Seen[];
}

/** What a tool saw, before it has a duration. `id` is the tool's name unless it looks at several things. */
export type Seen = Omit<Evidence, "tool" | "required" | "durationMs" | "id"> & {
  readonly id?: string;
};

/** PASS without findings, else FAIL with as many as a person will read. What was not read whole cannot pass: it is NOT_RUN. */
export function verdict(
  findings: readonly Finding[],
  passed: string,
  failed: (count: number) => string,
  cut = false,
): Seen {
  if (cut && findings.length === 0)
    return {
      status: "NOT_RUN",
      summary:
        "Nothing was found in the part that was read, but the change is too large to read whole; split it.",
      findings: [],
    };
  return findings.length === 0
    ? { status: "PASS", summary: passed, findings: [] }
    : {
        status: "FAIL",
        summary: failed(findings.length),
        findings: findings.slice(0, MOST_FINDINGS),
      };
}

const MOST_FINDINGS = 50;
