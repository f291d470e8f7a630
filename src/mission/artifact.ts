/** What models read of a change: its diff, or as much of it as is worth its price, and what was left out. */
import type { ChangeSet } from "../protocol/event.ts";

/** Most characters of a change that models read, about 60,000 tokens. */
const MOST = 240_000;
/** Most characters of one file's diff that is shown to who checks a single claim. */
const MOST_OF_ONE = 60_000;
/** Most files that are listed by name. */
const MOST_NAMES = 400;
/** A shorter beginning of a file's diff says nothing. */
const LEAST_SHARE = 400;

/** Files that people do not write: shown last when there is not room for all. */
const MADE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|Gemfile\.lock|poetry\.lock|composer\.lock|go\.sum)$|\.(?:min\.(?:js|css)|map|snap|svg)$|(?:^|\/)(?:dist|build|vendor|node_modules|third_party|generated|__snapshots__)\//u;

type Files = ChangeSet["files"];

/** What models read, and what they do not; `leftOut` is undefined when they read everything. */
export interface Artifact {
  readonly text: string;
  /** A sentence that says what is missing. */
  readonly leftOut?: string;
}

/**
 * The diff when it is short enough; else a list of all files and the diffs of as many as there is room for: whole ones, the short before the
 * long and what people wrote before what tools made, then beginnings. Every cut is said where it is.
 */
export function artifactOf(
  files: Files,
  diff: string,
  most: number = MOST,
): Artifact {
  const sections = sectionsOf(diff);
  const isWhole = diff.length <= most && sections.length >= files.length;
  if (isWhole) return { text: diff };

  const shares = share(files, sections, most);
  const shown = files.map((file, index) => {
    const section = sections[index] ?? "";
    const room = shares.get(index) ?? 0;
    if (section !== "" && section.length <= room)
      return { file, text: section, how: "whole" as const };
    return room === 0 || section === ""
      ? { file, text: "", how: "none" as const }
      : { file, text: beginning(section, room), how: "part" as const };
  });
  const part = shown.filter(({ how }) => how === "part");
  const none = shown.filter(({ how }) => how === "none");
  const leftOut = `The change is too long to be read whole: of its ${count(files.length, "file")}, ${String(part.length)} ${part.length === 1 ? "was" : "were"} read in part and ${String(none.length)} not at all${
    none.length === 0
      ? ""
      : ` (${names(
          none.map(({ file }) => file.path),
          5,
        )})`
  }.`;
  const list = shown
    .slice(0, MOST_NAMES)
    .map(
      ({ file, how }) =>
        `- ${file.path} (${file.status}, +${String(file.added)} -${String(file.deleted)})${HOW[how]}`,
    );
  const rest = files.length - list.length;
  return {
    leftOut,
    text: [
      `[${leftOut} Read the rest with your tools where it matters, and say what you did not read.`,
      ...list,
      ...(rest > 0 ? [`- and ${count(rest, "more file")}`] : []),
      "]",
      ...shown.flatMap(({ text }) => (text === "" ? [] : [text.trimEnd()])),
      "",
    ].join("\n"),
  };
}

const HOW = {
  whole: "",
  part: ": only its beginning is below",
  none: ": not below",
} as const;

/** The part of the diff that is about one file, or that the file is not part of the change; at most 60,000 characters. */
export function excerptOf(files: Files, diff: string, path: string): string {
  const index = files.findIndex(
    (file) => file.path === path || file.oldPath === path,
  );
  const section = index < 0 ? "" : (sectionsOf(diff)[index] ?? "");
  if (section !== "") return beginning(section, MOST_OF_ONE);
  const why =
    index < 0
      ? "The change does not touch this file"
      : "The diff of this file is too long to be shown here";
  return `[${why}. Read it with your tools. Files of the change: ${names(
    files.map((file) => file.path),
    MOST_NAMES,
  )}]\n`;
}

/** Room for each file's diff by index, characters; what fits whole first. */
function share(
  files: Files,
  sections: readonly string[],
  most: number,
): ReadonlyMap<number, number> {
  const order = files
    .map((file, index) => ({
      index,
      made: MADE.test(file.path) ? 1 : 0,
      length: sections[index]?.length ?? 0,
    }))
    .filter(({ length }) => length > 0)
    .toSorted(
      (a, b) => a.made - b.made || a.length - b.length || a.index - b.index,
    );
  const shares = new Map<number, number>();
  // A fifth is kept for beginnings of what does not fit whole.
  let left = most;
  const long: typeof order = [];
  for (const entry of order) {
    if (entry.length > left - most / 5) {
      long.push(entry);
      continue;
    }
    shares.set(entry.index, entry.length);
    left -= entry.length;
  }
  long.forEach((entry, at) => {
    const room = Math.min(entry.length, Math.floor(left / (long.length - at)));
    if (room < LEAST_SHARE) return;
    shares.set(entry.index, room);
    left -= room;
  });
  return shares;
}

/** One per file, in the order of the change; no line of a file begins so, because a diff puts a mark before each. */
function sectionsOf(diff: string): readonly string[] {
  return diff.split(/^(?=diff --git )/mu).filter((text) => text !== "");
}

function beginning(section: string, room: number): string {
  if (section.length <= room) return section;
  const end = section.lastIndexOf("\n", room);
  const kept = section.slice(0, end < 0 ? room : end);
  const missing = section.slice(kept.length).split("\n").length - 1;
  return `${kept}\n[${count(missing, "more line")} of this file's diff ${missing === 1 ? "is" : "are"} not shown.]\n`;
}

function names(paths: readonly string[], most: number): string {
  const more = paths.length - most;
  return `${paths.slice(0, most).join(", ")}${more > 0 ? `, and ${String(more)} more` : ""}`;
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? "" : "s"}`;
}
