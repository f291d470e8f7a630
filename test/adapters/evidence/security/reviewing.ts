import { codeSecurity } from "../../../../src/adapters/evidence/security/codeSecurity.ts";
import type {
  ChangedFile,
  Seen,
} from "../../../../src/adapters/evidence/tool.ts";
import type { Finding } from "../../../../src/protocol/consensus.ts";

/** A changed file: lines that only one side has count as removed or added. */
export function changed(
  before: string | undefined,
  after: string | undefined,
  more: Partial<ChangedFile> = {},
): ChangedFile {
  return {
    path: "lib/a.js",
    status:
      before === undefined
        ? "added"
        : after === undefined
          ? "deleted"
          : "modified",
    before,
    after,
    addedLines: onlyIn(after, before),
    removedLines: onlyIn(before, after),
    ...more,
  };
}

function onlyIn(
  text: string | undefined,
  other: string | undefined,
): ReadonlySet<number> {
  const there = [...(other ?? "").split("\n")];
  const lines = new Set<number>();
  for (const [index, line] of (text ?? "").split("\n").entries()) {
    const at = there.indexOf(line);
    if (at === -1) lines.add(index + 1);
    else there.splice(at, 1);
  }
  return lines;
}

/** What the tool says of a change. */
export async function review(...files: readonly ChangedFile[]): Promise<Seen> {
  const seen = await codeSecurity({
    files,
    added: [],
    cut: false,
    signal: new AbortController().signal,
  });
  const [only] = seen;
  if (only === undefined || seen.length > 1) throw new Error("one answer");
  return only;
}

/** Findings of one file as `rule severity line`, the worst first. */
export async function found(
  before: string | undefined,
  after: string,
  path = "lib/a.js",
): Promise<readonly string[]> {
  const { findings } = await review(changed(before, after, { path }));
  return findings.map(
    ({ rule, severity, line }) => `${rule ?? ""} ${severity} ${String(line)}`,
  );
}

/** The only finding of a change. */
export async function theFinding(
  before: string | undefined,
  after: string,
  path?: string,
): Promise<Finding> {
  const { findings } = await review(
    changed(before, after, path === undefined ? {} : { path }),
  );
  const [only] = findings;
  if (only === undefined || findings.length > 1)
    throw new Error(`found ${String(findings.length)}`);
  return only;
}
