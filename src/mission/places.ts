import { astrayAmong, type PlaceFile } from "../core/consensus/place.ts";
import type { Ballot, Finding } from "../protocol/consensus.ts";
import type { BallotPaper } from "../protocol/work.ts";
import type { FileText } from "../ports/changeReader.ts";

/** The files of an artifact, read one answer per path in the order asked. */
export type ReadFiles = (
  paths: readonly string[],
) => Promise<readonly FileText[]>;

/** The path as git writes it, of one that people and models write. */
export function plainPath(path: string): string {
  return path.replaceAll("\\", "/").replace(/^(?:\.?\/+)+/u, "");
}

/**
 * A ballot's findings with their paths as git writes them, and which of them name a place the artifact does not have. Readers of a diff
 * write `b/` before a path now and then.
 */
async function placedFindings(
  read: ReadFiles,
  findings: readonly Finding[],
): Promise<Pick<Ballot, "findings" | "astray">> {
  const places = await placesOf(
    read,
    findings.flatMap(({ path }) => spellings(path)),
  );
  const there = new Set(places.map(({ path }) => path));
  const named = findings.map((finding) => {
    const path = spellings(finding.path).find((one) => there.has(one));
    return path === undefined ? finding : { ...finding, path };
  });
  const astray = astrayAmong(named, places);
  return { findings: named, ...(astray.length > 0 && { astray }) };
}

/** What a voter handed in, with its findings placed where the artifact has files. */
export async function placedPaper(
  { files }: { readonly files?: ReadFiles },
  paper: BallotPaper,
): Promise<BallotPaper & Pick<Ballot, "astray">> {
  return {
    ...paper,
    ...(files !== undefined && (await placedFindings(files, paper.findings))),
  };
}

function spellings(path: string): readonly string[] {
  const plain = plainPath(path);
  return [plain, plain.replace(/^[ab]\//u, "")].filter((one) => one !== "");
}

/** Which of the paths are there, with their number of lines; a file too large to be read has any line. */
async function placesOf(
  read: ReadFiles,
  paths: readonly string[],
): Promise<readonly PlaceFile[]> {
  const asked = [...new Set(paths)];
  if (asked.length === 0) return [];
  return (await read(asked)).flatMap((file): PlaceFile[] => {
    // What is missing at a file's end is said of the line after the last, which editors show.
    if ("text" in file)
      return [{ path: file.path, lines: file.text.split("\n").length }];
    if (file.unread === "missing") return [];
    return [
      {
        path: file.path,
        lines: file.unread === "large" ? Number.MAX_SAFE_INTEGER : 0,
      },
    ];
  });
}

/** The lines of a text; an end of line at its end begins no other. */
export function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
