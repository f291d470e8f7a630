/** Reads which tests failed, and where, from what test runners print. */

/** A place a test runner or compiler named, with what failed there. */
export interface Failure {
  /** As printed: absolute, or below the folder it ran in; slashes. */
  readonly path: string;
  readonly line: number;
  readonly claim: string;
}

/** Failures that are read at most. */
const MOST = 50;

/**
 * The failures in the output of node:test (spec and TAP), Jest, Vitest, Mocha, pytest, Go, Rust and tsc; none of what it does not recognise.
 * Each place is named once.
 */
export function readFailures(output: string): readonly Failure[] {
  // Some runners print colours though nobody looks.
  const text = output.replace(ESCAPES, "");
  const lines = text.split(/\r?\n/);
  const found = new Map<string, Failure>();
  for (const read of READERS)
    for (const failure of read(lines)) {
      const path = failure.path.replaceAll("\\", "/").replace(/^file:\/\//, "");
      const key = `${path}:${String(failure.line)}`;
      if (found.size < MOST && !found.has(key))
        found.set(key, { ...failure, path });
    }
  return [...found.values()];
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

type Reader = (lines: readonly string[]) => readonly Failure[];

const READERS: readonly Reader[] = [
  nodeSpec,
  tap,
  (lines) => underHeading(lines, /^\s{2,}● (.+)$/, AT_STACK),
  (lines) => underHeading(lines, /^\s*(?:FAIL|×)\s+\S+ > (.+)$/, AT_VITEST),
  (lines) => underHeading(lines, /^\s{2,}\d+\) (.+)$/, AT_STACK),
  (lines) =>
    eachLine(lines, /^(\S+\.py):(\d+): (\w*(?:Error|Exception|Failed)\b.*)$/),
  (lines) =>
    underHeading(lines, /^\s*--- FAIL: (\S+)/, /^\s+(\S+_test\.go):(\d+):/),
  (lines) =>
    underHeading(
      lines,
      /^---- (\S+) stdout ----$/,
      /panicked at (\S+\.rs):(\d+):/,
    ),
  (lines) => eachLine(lines, /^(\S+?)\((\d+),\d+\): error (TS\d+: .*)$/, ""),
];

const AT_STACK = /\(?((?:[A-Za-z]:)?[^\s():]+\.[cm]?[jt]sx?):(\d+):\d+\)?$/;
const AT_VITEST = /^\s*❯ (\S+\.[cm]?[jt]sx?):(\d+):\d+/;

/** `test at FILE:LINE:COLUMN`, then the name after a cross. */
function nodeSpec(lines: readonly string[]): readonly Failure[] {
  return lines.flatMap((line, at) => {
    const place = /^test at (.+):(\d+):\d+$/.exec(line);
    const name = /^✖ (.+?)(?: \([\d.]+ms\))?$/.exec(lines[at + 1] ?? "")?.[1];
    return place === null
      ? []
      : [failure(place[1], place[2], `the test "${name ?? "?"}" fails`)];
  });
}

/** `not ok N - NAME`, then `location: 'FILE:LINE:COLUMN'` of its details. Suites that fail through their tests have a place of their own. */
function tap(lines: readonly string[]): readonly Failure[] {
  let name: string | undefined;
  return lines.flatMap((line) => {
    const failed = /^\s*not ok \d+ - (.+?)(?: # .*)?$/.exec(line);
    if (failed !== null) name = failed[1];
    else if (/^\s*ok \d+/.test(line)) name = undefined;
    const place = /^\s*location: '(.+):(\d+):\d+'$/.exec(line);
    if (place === null || name === undefined) return [];
    return [failure(place[1], place[2], `the test "${name}" fails`)];
  });
}

/** A heading that names a test, then the first place below it that is not in a package. */
function underHeading(
  lines: readonly string[],
  heading: RegExp,
  place: RegExp,
): readonly Failure[] {
  let name: string | undefined;
  return lines.flatMap((line) => {
    const headed = heading.exec(line);
    if (headed !== null) {
      name = headed[1];
      return [];
    }
    const found = place.exec(line);
    if (found === null || name === undefined) return [];
    if (/node_modules|^node:/.test(found[1] ?? "")) return [];
    const claim = `the test "${name.trim()}" fails`;
    name = undefined;
    return [failure(found[1], found[2], claim)];
  });
}

function eachLine(
  lines: readonly string[],
  shape: RegExp,
  before = "a test fails: ",
): readonly Failure[] {
  return lines.flatMap((line) => {
    const found = shape.exec(line);
    return found === null
      ? []
      : [failure(found[1], found[2], `${before}${found[3] ?? ""}`)];
  });
}

function failure(path = "", line: string | undefined, claim: string): Failure {
  return { path, line: Number(line), claim: claim.slice(0, 500) };
}
