/**
 * Regular expressions that an attacker's input makes slow (ReDoS), by recheck, which works with automata and, where a pattern has
 * look-arounds or back references, with a search for attacks in its own matcher.
 *
 * Covered: every literal and every `RegExp(…)` of constant text (`regexesIn.ts`) that an added line is part of and that no changed file
 * held before. Not covered: patterns put together at run time, and whether an attacker reaches them.
 */
import type { Diagnostics } from "recheck";
import recheck from "recheck/lib/browser.js";
import type { Finding } from "../../protocol/consensus.ts";
import { isGenerated } from "./generated.ts";
import { lineAt } from "./lineAt.ts";
import { regexesIn, type RegexFound } from "./regexesIn.ts";
import { isMinified, isScript, parseSource } from "./security/source.ts";
import { notRead, verdict, type Analyser, type ChangedFile } from "./tool.ts";

/** Time for one expression, and for all of them, ms. */
const EACH_MS = 2000;
const ALL_MS = 40_000;

/** Attack strings are shown as recheck writes them, as code, and no longer than this. */
const LONGEST_ATTACK = 300;

interface Suspect extends RegexFound {
  readonly path: string;
  readonly line: number;
}

export const redos: Analyser = async ({ files, cut, signal }) => {
  const scripts = files.filter(
    ({ path, after }) =>
      isScript(path) &&
      !isGenerated(path) &&
      after !== undefined &&
      !isMinified(path, after),
  );
  const unread: string[] = [];
  const known = new Set(
    scripts.flatMap(({ path, before }) =>
      before === undefined ? [] : read(path, before).map(keyOf),
    ),
  );
  const suspects = scripts
    .flatMap((file) => suspectsOf(file, unread))
    .filter((regex) => !known.has(keyOf(regex)));
  const findings: Finding[] = [];
  const verdicts = new Map<string, Diagnostics>();
  const startedAt = performance.now();
  let unknown = 0;
  for (const suspect of suspects) {
    // Lets the end of the parent be noticed between two expressions.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const key = keyOf(suspect);
    const diagnosis = verdicts.get(key) ?? diagnose(suspect, startedAt);
    if (diagnosis === undefined) {
      unknown += 1;
      continue;
    }
    verdicts.set(key, diagnosis);
    if (diagnosis.status === "unknown") unknown += 1;
    if (diagnosis.status === "vulnerable")
      findings.push(findingOf(suspect, diagnosis));
  }
  const all = suspects.length;
  const late =
    unknown === 0
      ? undefined
      : `${String(unknown)} of ${String(all)} could not be judged in time.`;
  return [
    verdict(
      findings,
      all === 0
        ? "No regular expression was added or changed."
        : `${String(all)} added or changed regular ${all === 1 ? "expression is" : "expressions are"} fast on any input.`,
      (count) =>
        `${String(count)} of ${String(all)} added or changed regular expressions can be made slow by their input.`,
      notRead(unread) ?? late ?? cut,
    ),
  ];
};

function suspectsOf(
  { path, after = "", addedLines }: ChangedFile,
  unread: string[],
): readonly Suspect[] {
  const line = lineAt(after);
  return read(path, after, unread).flatMap((regex) => {
    const lines = regex.nodes.flatMap(({ start, end }) => {
      if (typeof start !== "number" || typeof end !== "number") return [];
      const [first, last] = [line(start), line(end)];
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    });
    const hit = lines.find((one) => addedLines.has(one));
    return hit === undefined ? [] : [{ ...regex, path, line: hit }];
  });
}

function read(
  path: string,
  text: string,
  unread?: string[],
): readonly RegexFound[] {
  const parsed = parseSource(path, text);
  if (parsed.ok) return regexesIn(parsed.source.root);
  unread?.push(`${path}: ${parsed.why}`);
  return [];
}

function keyOf({ source, flags }: RegexFound): string {
  return `${flags}/${source}`;
}

/** Undefined when there is no time left, or when it is no expression JavaScript accepts. */
function diagnose(
  { source, flags }: RegexFound,
  startedAt: number,
): Diagnostics | undefined {
  const leftMs = ALL_MS - (performance.now() - startedAt);
  if (leftMs <= 0) return undefined;
  return recheck.checkSync(source, flags, {
    timeout: Math.ceil(Math.min(EACH_MS, leftMs)),
    attackTimeout: EACH_MS / 2,
  });
}

type Vulnerable = Extract<Diagnostics, { status: "vulnerable" }>;

/** Characters within which an attack on exponential time has done its work. */
const SHORT_ATTACK = 5000;

/**
 * High is what input of a few dozen characters stops for good: exponential time with an attack that is as short; or of a few thousand for
 * minutes: the third power and above, when it is proved and not fitted to a few runs. Quadratic time needs tens of thousands of characters,
 * which many callers never let in: medium.
 */
function findingOf(
  { path, line, source, flags }: Suspect,
  { complexity, attack }: Vulnerable,
): Finding {
  const isBad =
    complexity.type === "exponential"
      ? attack.string.length <= SHORT_ATTACK
      : complexity.degree >= 3 && !complexity.isFuzz;
  const time =
    complexity.type === "exponential"
      ? "exponential time"
      : `time that grows with the power ${String(complexity.degree)} of the input's length`;
  const pattern = short(`/${source}/${flags}`, 200);
  const shown =
    attack.pattern.length <= LONGEST_ATTACK
      ? `, for example on ${attack.pattern}`
      : "";
  return {
    path,
    line,
    claim: `the regular expression ${pattern} takes ${time}${shown} (ReDoS)`,
    severity: isBad ? "high" : "medium",
  };
}

function short(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
