/**
 * Security of changed JavaScript and TypeScript, read as syntax trees: weak places a change brings in, and guards it takes
 * away. What each rule finds and misses is in docs/evidence-security.md.
 */
import type { Finding } from "../../../protocol/consensus.ts";
import { isGenerated } from "../generated.ts";
import { verdict, type Analyser, type ChangedFile } from "../tool.ts";
import { concernsOf, type Concern } from "./lostGuards.ts";
import { reviewFile, type Reviewed } from "./reviewFile.ts";
import { isScript } from "./source.ts";

/** Time after which the files that are left are not read, ms. */
const ALL_MS = 40_000;
/** More findings than this in one file are more than a person reads; the worst are kept. */
const MOST_IN_FILE = 10;

export const codeSecurity: Analyser = async ({ files, cut, signal }) => {
  const startedAt = performance.now();
  const unread: string[] = [];
  const read: { path: string; seen: Extract<Reviewed, { ok: true }> }[] = [];
  const chosen = worthReading(files);
  for (const file of chosen) {
    // Lets the end of the parent be noticed between two files.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const seen = reviewed(file, performance.now() - startedAt > ALL_MS);
    if (seen.ok) read.push({ path: file.path, seen });
    const why = seen.ok ? seen.note : seen.why;
    if (why !== undefined) unread.push(`${file.path} (${why})`);
  }
  const findings = read
    .flatMap(({ path, seen }) => {
      const moved = new Set(
        read.flatMap((other) => (other.path === path ? [] : other.seen.gained)),
      );
      const lost = concernsOf(seen.lost.filter(({ key }) => !moved.has(key)));
      return worst([...seen.hits, ...lost]).map((one) => findingOf(path, one));
    })
    .toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  const missing =
    unread.length === 0
      ? ""
      : ` Not read: ${unread.slice(0, 5).join("; ")}${unread.length > 5 ? ` and ${String(unread.length - 5)} more` : ""}.`;
  if (findings.length === 0 && unread.length > 0)
    return [
      {
        status: "NOT_RUN",
        summary: `Nothing was found in what was read.${missing}`.slice(0, 2000),
        findings: [],
      },
    ];
  return [
    verdict(
      findings,
      chosen.length === 0
        ? "No JavaScript or TypeScript changed."
        : "No weak place was added and no guard taken away.",
      (count) =>
        `${String(count)} ${count === 1 ? "place" : "places"} where the change makes the code less safe.${missing}`.slice(
          0,
          2000,
        ),
      cut,
    ),
  ];
};

const TEST =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|spec|fixtures?|bench(?:mark)?s?|examples?)\/|[._-](?:test|spec|bench)\.[cm]?[jt]sx?$|(?:^|\/)test\.[cm]?[jt]s$/;

/** Scripts that run for users: no tests, and no bundles when the change has their source. */
function worthReading(files: readonly ChangedFile[]): readonly ChangedFile[] {
  const scripts = files.filter(
    ({ path, status }) =>
      isScript(path) && status !== "deleted" && !TEST.test(path),
  );
  const written = scripts.filter(({ path }) => !isGenerated(path));
  return written.length > 0 ? written : scripts;
}

function reviewed(file: ChangedFile, isLate: boolean): Reviewed {
  if (isLate) return { ok: false, why: "there was no time left" };
  if (file.after === undefined)
    return { ok: false, why: file.unread ?? "it has no text" };
  try {
    return reviewFile(file);
  } catch (error) {
    return {
      ok: false,
      why: `reading it failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function findingOf(
  path: string,
  { rule, line, severity, claim, fix }: Concern,
): Finding {
  return {
    path,
    line,
    severity,
    rule,
    claim: claim.slice(0, 1000),
    ...(fix !== undefined && { fix }),
  };
}

const ORDER = { critical: 0, high: 1, medium: 2, low: 3 };

/** The worst concerns of a file; those of one line and rule become one. */
function worst(concerns: readonly Concern[]): readonly Concern[] {
  const kept = new Map<string, Concern>();
  for (const one of concerns.toSorted(
    (a, b) => ORDER[a.severity] - ORDER[b.severity] || a.line - b.line,
  )) {
    const id = `${one.rule} ${String(one.line)}`;
    const other = kept.get(id);
    if (other === undefined) kept.set(id, one);
    else if (!other.claim.includes(one.claim))
      kept.set(id, { ...other, claim: `${other.claim} ${one.claim}` });
  }
  return [...kept.values()].slice(0, MOST_IN_FILE);
}
