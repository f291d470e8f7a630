import type { EvidenceInput } from "../../ports.ts";
import type { FileText } from "../../ports/changeReader.ts";
import { compareLines, linesOf } from "./compareLines.ts";
import { isGenerated } from "./generated.ts";
import { isLock } from "./lockedPackages.ts";
import { readDiff, type AddedLine, type FileDiff } from "./readDiff.ts";
import type { ChangedFile, Texts } from "./tool.ts";

/** Files whose texts are read; a change of more is read in part, and says so. */
const MOST_FILES = 2000;

/** Characters from which on a file is data, or written by a tool; only lock files are read beyond. */
const LARGEST = 2_000_000;

/**
 * The changed files with both texts and the lines that differ. Lines come from the diff; where that was cut off, the texts are compared.
 * `cut` tells that lines of a file a person wrote are missing all the same.
 */
export async function changedFiles(
  input: EvidenceInput,
): Promise<Pick<Texts, "files" | "added" | "cut">> {
  const diff = readDiff(input.diff);
  const diffs = new Map(diff.files.map((file) => [file.path, file]));
  const listed = input.change.files.slice(0, MOST_FILES);
  const oldPaths = new Map(
    listed.map(({ path, status, oldPath }) => [
      path,
      status === "renamed"
        ? (oldPath ?? diffs.get(path)?.oldPath ?? path)
        : path,
    ]),
  );
  const [befores, afters] = await Promise.all([
    texts(
      input,
      "base",
      listed
        .filter(({ status }) => status !== "added")
        .map(({ path }) => oldPaths.get(path) ?? path),
    ),
    texts(
      input,
      "head",
      listed.filter(({ status }) => status !== "deleted").map((f) => f.path),
    ),
  ]);
  const files = listed.map(({ path, status }): ChangedFile => {
    const oldPath = oldPaths.get(path) ?? path;
    const [before, after] = [befores.get(oldPath), afters.get(path)];
    return {
      path,
      ...(oldPath === path ? {} : { oldPath }),
      status,
      ...textsOf(before, after),
      ...linesThatDiffer(diffs.get(path), diff.isCut, before, after),
    };
  });
  const added = files.flatMap((file) => addedIn(file, diffs.get(file.path)));
  return {
    files,
    added,
    cut:
      input.change.files.length > MOST_FILES ||
      files.some((file) => isMissing(file, diffs.get(file.path), diff.isCut)),
  };
}

async function texts(
  { reader }: EvidenceInput,
  side: "base" | "head",
  paths: readonly string[],
): Promise<ReadonlyMap<string, FileText>> {
  const found = (await reader?.texts(side, paths)) ?? [];
  return new Map(
    found.map((file) => [
      file.path,
      "text" in file && file.text.length > LARGEST && !isLock(file.path)
        ? { path: file.path, unread: "large" as const }
        : file,
    ]),
  );
}

function textsOf(
  before: FileText | undefined,
  after: FileText | undefined,
): Pick<ChangedFile, "before" | "after" | "unread"> {
  const unread = whyUnread(after) ?? whyUnread(before);
  return {
    before: textOf(before),
    after: textOf(after),
    ...(unread === undefined ? {} : { unread }),
  };
}

function whyUnread(side: FileText | undefined): ChangedFile["unread"] {
  if (side === undefined || "text" in side || side.unread === "missing")
    return undefined;
  return side.unread;
}

function textOf(side: FileText | undefined): string | undefined {
  return side !== undefined && "text" in side
    ? side.text.replace(/^\uFEFF/, "")
    : undefined;
}

function linesThatDiffer(
  diff: FileDiff | undefined,
  isCut: boolean,
  before: FileText | undefined,
  after: FileText | undefined,
): Pick<ChangedFile, "addedLines" | "removedLines"> {
  const unread = whyUnread(after) ?? whyUnread(before);
  if (unread !== undefined && unread !== "large") return NO_LINES;
  const isWhole = diff === undefined ? !isCut : !diff.isCut;
  const [old, now] = [textOf(before), textOf(after)];
  if (!isWhole && (old !== undefined || now !== undefined)) {
    const { added, removed } = compareLines(old ?? "", now ?? "");
    return { addedLines: added, removedLines: removed };
  }
  return {
    addedLines: new Set(diff?.added.map(({ line }) => line)),
    removedLines: new Set(diff?.removed),
  };
}

/** What is no text has no lines. */
const NO_LINES = {
  addedLines: new Set<number>(),
  removedLines: new Set<number>(),
};

/** The added lines with their text: from the file where it was read, else from the diff. What is no text has none. */
function addedIn(
  { path, after, addedLines, unread }: ChangedFile,
  diff: FileDiff | undefined,
): readonly AddedLine[] {
  if (unread !== undefined && unread !== "large") return [];
  if (after === undefined) return diff?.added ?? [];
  const lines = linesOf(after);
  return [...addedLines].map((line) => ({
    path,
    line,
    text: lines[line - 1] ?? "",
  }));
}

/** Whether lines of a file are missing that somebody wrote by hand. */
function isMissing(
  { path, status, after, unread }: ChangedFile,
  diff: FileDiff | undefined,
  isCut: boolean,
): boolean {
  if (status === "deleted" || after !== undefined || isGenerated(path))
    return false;
  if (unread !== undefined && unread !== "large") return false;
  return diff === undefined ? isCut : diff.isCut;
}
