import type { Quote } from "../protocol/consensus.ts";
import { linesOf, plainPath, type ReadFiles } from "./places.ts";

/** Lines a quote may stand away from where it says. */
const TOLERANCE = 2;
/** A shorter quote says something only when it is a whole line. */
const LEAST_CHARACTERS = 8;

/** Quotes as they stand in the files, or that not all of them do. */
export interface Checked {
  readonly quotes: readonly Quote[];
  /** True when there is at least one quote and every one of them stands where it says. */
  readonly stand: boolean;
}

/**
 * Looks every quote up in the artifact's files, white space aside and within two lines; a quote that stands nearby gets its right line.
 * Line numbers and marks of a diff before the quoted lines are not part of them.
 */
export async function checkQuotes(
  quotes: readonly Quote[],
  read: ReadFiles,
): Promise<Checked> {
  const paths = [...new Set(quotes.map(({ path }) => plainPath(path)))];
  const files = paths.length === 0 ? [] : await read(paths);
  const lines = new Map(
    files.flatMap((file) =>
      "text" in file ? [[file.path, linesOf(file.text).map(plain)]] : [],
    ),
  );
  const found = quotes.map((quote) => {
    const path = plainPath(quote.path);
    const line = placeOf(quote, lines.get(path) ?? []);
    return line === undefined ? undefined : { ...quote, path, line };
  });
  return {
    quotes: found.map((quote, index) => quote ?? quotes[index]).filter(given),
    stand: found.length > 0 && found.every(given),
  };
}

function placeOf(
  { line, text }: Quote,
  lines: readonly string[],
): number | undefined {
  const near = Array.from({ length: TOLERANCE }, (_, index) => [
    line - index - 1,
    line + index + 1,
  ]).flat();
  for (const quoted of readings(text))
    for (const at of [line, ...near])
      if (at >= 1 && standsAt(quoted, lines, at)) return at;
  return undefined;
}

function standsAt(
  quoted: readonly string[],
  lines: readonly string[],
  at: number,
): boolean {
  const there = plain(lines.slice(at - 1, at - 1 + quoted.length).join(" "));
  const said = plain(quoted.join(" "));
  if (!/[\p{L}\p{N}]/u.test(said)) return false;
  return said.length >= LEAST_CHARACTERS
    ? there.includes(said)
    : there === said;
}

/** The quoted lines as they are, without the numbers of `read_file`, and without the marks of a diff. */
function readings(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  while (lines.length > 1 && lines.at(-1)?.trim() === "") lines.pop();
  while (lines.length > 1 && lines[0]?.trim() === "") lines.shift();
  return [
    lines,
    lines.map((line) => line.replace(/^\s*\d+[\t:|]/u, "")),
    lines.map((line) => line.replace(/^[+ ]/u, "")),
  ];
}

function plain(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

function given(quote: Quote | undefined): quote is Quote {
  return quote !== undefined;
}
