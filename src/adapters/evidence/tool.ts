import type { Evidence, Finding } from "../../protocol/consensus.ts";
import type { EvidenceInput, RunCheck } from "../../ports.ts";
import type { Unread } from "../../ports/changeReader.ts";
import type { AddedLine } from "./readDiff.ts";

/** A file the change touches, with both of its texts and the lines in which they differ. Safe to send to another process. */
export interface ChangedFile {
  readonly path: string;
  /** Its path before, when it was renamed. */
  readonly oldPath?: string;
  readonly status: "added" | "modified" | "deleted" | "renamed";
  /** Text in the base; undefined where it was not there or cannot be read. A BOM is left out; line ends are as they are. */
  readonly before: string | undefined;
  /** Text in the changed state; undefined where it is gone or cannot be read. */
  readonly after: string | undefined;
  /** 1-based numbers, in `after`, of the lines the change adds or rewrites. Report findings on these only. */
  readonly addedLines: ReadonlySet<number>;
  /** 1-based numbers, in `before`, of the lines the change takes away or rewrites. */
  readonly removedLines: ReadonlySet<number>;
  /** Why a side that should have a text has none. */
  readonly unread?: Exclude<Unread, "missing">;
}

/** What a pure analysis gets: texts and line numbers, nothing to run and nowhere to look. */
export interface Texts {
  /** Every changed file, in the order of the change. */
  readonly files: readonly ChangedFile[];
  /** The added lines of all files, with their text. */
  readonly added: readonly AddedLine[];
  /** Lines are missing: a tool that finds nothing has not passed. */
  readonly cut: boolean;
  readonly signal: AbortSignal;
}

/** What a tool gets that runs beside the app: the texts, and the way to run commands. */
export interface Look extends Texts {
  readonly input: EvidenceInput;
  readonly run: RunCheck;
}

/** A deterministic tool; it may give several pieces of evidence. Rejections become ERROR. */
export interface EvidenceTool {
  readonly name: string;
  /** A failure blocks the change. */
  readonly required: boolean;
  /** It runs commands: such tools run one after another, and their commands have limits in place of them, since a person may have to be asked first. */
  readonly runsCommands?: boolean;
  look(look: Look): Promise<readonly Seen[]> | readonly Seen[];
}

/** A tool that needs nothing but texts and much of the processor: it runs in a process of its own (`analyses.ts`), which is ended when its time is over. */
export type Analyser = (
  texts: Texts,
) => Promise<readonly Seen[]> | readonly Seen[];

/** What a tool saw, before it has a duration. `id` is the tool's name unless it looks at several things. */
export type Seen = Omit<Evidence, "tool" | "required" | "durationMs" | "id"> & {
  readonly id?: string;
};

/**
 * PASS without findings, else FAIL with as many as a person will read. What was not read whole cannot pass: it is NOT_RUN. `missing` says
 * that lines are, or is a sentence that says what else could not be looked at and why.
 */
export function verdict(
  findings: readonly Finding[],
  passed: string,
  failed: (count: number) => string,
  missing: boolean | string = false,
): Seen {
  const why = missing === true ? TOO_LARGE : missing === false ? "" : missing;
  if (findings.length > 0)
    return {
      status: "FAIL",
      summary: `${failed(findings.length)} ${why}`
        .trim()
        .slice(0, LONGEST_SUMMARY),
      findings: worst(findings),
    };
  if (why !== "")
    return {
      status: "NOT_RUN",
      summary: `Nothing was found in what was read. ${why}`.slice(
        0,
        LONGEST_SUMMARY,
      ),
      findings: [],
    };
  return { status: "PASS", summary: passed, findings: [] };
}

/** All, or where they are too many the worst, in the order they came. */
function worst(findings: readonly Finding[]): Finding[] {
  if (findings.length <= MOST_FINDINGS) return [...findings];
  const kept = new Set(
    findings
      .toSorted((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity])
      .slice(0, MOST_FINDINGS),
  );
  return findings.filter((finding) => kept.has(finding));
}

const WEIGHT = { low: 0, medium: 1, high: 2, critical: 3 } as const;

/** Says which files could not be read; undefined when all were. Each is a path and why. */
export function notRead(files: readonly string[]): string | undefined {
  if (files.length === 0) return undefined;
  const more = files.length > 3 ? `; and ${String(files.length - 3)} more` : "";
  return `Not read: ${files.slice(0, 3).join("; ")}${more}.`;
}

const TOO_LARGE =
  "The change is too large to read whole; split it into smaller ones.";
const MOST_FINDINGS = 50;
const LONGEST_SUMMARY = 2000;
