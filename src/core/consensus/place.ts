/** Whether a finding is about a place that is there. */
import type { Finding } from "../../protocol/consensus.ts";

/** A file a finding may be about, and how many lines its new version has: 0 for an empty, deleted or binary one. */
export interface PlaceFile {
  readonly path: string;
  readonly lines: number;
}

/**
 * True when the finding's file is among `files` and has its line. Line 0 is the whole file; a finding without a path and line is about the
 * whole artifact. A leading `./` does not matter, case does.
 */
export function placed(
  { path, line }: Pick<Finding, "path" | "line">,
  files: readonly PlaceFile[],
): boolean {
  if (path === "") return line === 0;
  const plain = path.replace(/^(?:\.\/)+/u, "");
  return files.some((file) => file.path === plain && line <= file.lines);
}

/** Indexes of the findings that are not {@link placed}, ascending: a ballot's `astray`. */
export function astrayAmong(
  findings: readonly Finding[],
  files: readonly PlaceFile[],
): number[] {
  return findings.flatMap((finding, index) =>
    placed(finding, files) ? [] : [index],
  );
}
