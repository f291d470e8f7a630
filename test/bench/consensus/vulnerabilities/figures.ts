/** Reviews both sets of version pairs and counts. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  partOf,
  ordinaryPairs,
  vulnerablePairs,
  type Part,
  type OrdinaryPair,
  type VulnerablePair,
} from "./pairs.ts";
import { repositoryOf, stepName, type Step } from "./repositories.ts";
import {
  reviewWithProgram,
  type Found,
  type Reviewed,
  type ReviewStep,
} from "./reviewStep.ts";
import {
  isHigh,
  scoreOf,
  securityFindings,
  type Score,
  looksForWeaknesses,
  loudOn,
} from "./scoring.ts";

/** What is reviewed and how; everything, with the built program, by default. */
export interface BenchOptions {
  /** Folder for packages and repositories; below the system's temporary folder by default. */
  readonly cache?: string;
  readonly part?: Part;
  /** Packages of exactly these names. */
  readonly only?: readonly string[];
  readonly review?: ReviewStep;
  /** Reviews the fix instead of its removal: how often tools speak up in these files whatever the change does; `line` is then the share with a High. */
  readonly reverse?: boolean;
  /** Told about each pair that was looked at. */
  readonly onPair?: (seen: Seen) => void;
}

/** One pair after its review. */
export interface Seen {
  readonly step: string;
  readonly part: Part;
  /** Null for an ordinary pair. */
  readonly pair: VulnerablePair | null;
  readonly score: Score | null;
  readonly reviewed: Reviewed | null;
  /** Why there is no review; `unavailable` when the packages could not be had. */
  readonly trouble: {
    readonly unavailable: boolean;
    readonly why: string;
  } | null;
}

/** Share of pairs found, 0 to 1, rounded to three decimals; null of none. */
export interface Recall {
  readonly pairs: number;
  readonly file: number | null;
  readonly line: number | null;
  readonly named: number | null;
}

/** What the bench measures. Pairs that could not be fetched are left out and named; a review that failed counts as a miss. */
export interface VulnerabilityFigures {
  readonly all: Recall;
  readonly development: Recall;
  readonly heldOut: Recall;
  readonly fresh: Recall;
  readonly classes: Readonly<Record<string, Recall>>;
  readonly ordinary: {
    readonly pairs: number;
    readonly highPerPair: number | null;
    readonly mediumPerPair: number | null;
    readonly pairsWithHigh: number;
  };
  readonly unavailable: readonly string[];
  readonly failed: readonly string[];
  /** Reviews in which a tool that looks for weaknesses could not say anything. */
  readonly silent: number;
  /** Median time of one review, ms. */
  readonly reviewMs: number;
}

/** Reviews at a time: as many as the smallest machine has processors. */
const AT_ONCE = 2;

/** Steps in a row that could not be fetched, after which nothing more is asked of the registry: there is no network. */
const ENOUGH_REFUSED = 4;

/** What all reviews of a run share. */
interface Around {
  readonly home: string;
  refused: number;
}

/** Reviews every chosen pair and counts what was found. Needs the network for packages that are not in the cache. */
export async function vulnerabilityFigures(
  options: BenchOptions = {},
): Promise<VulnerabilityFigures> {
  const home = await mkdtemp(path.join(tmpdir(), "roundtable-bench-"));
  const around = { home, refused: 0 };
  try {
    const { part, only } = options;
    const chosen = (pair: VulnerablePair | OrdinaryPair): boolean =>
      (part === undefined || part === partOf(pair)) &&
      (only === undefined || only.includes(pair.name));
    const vulnerable = vulnerablePairs().filter(chosen);
    const ordinary =
      options.reverse === true ? [] : ordinaryPairs().filter(chosen);
    const seen = await inTurns(
      [...vulnerable, ...ordinary].map((pair) => async () => {
        const one = await look(pair, options, around);
        options.onPair?.(one);
        return one;
      }),
    );
    return count(seen);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function look(
  pair: VulnerablePair | OrdinaryPair,
  {
    cache = defaultCache(),
    review = reviewWithProgram,
    reverse = false,
  }: BenchOptions,
  around: Around,
): Promise<Seen> {
  const known = "advisory" in pair ? pair : null;
  const step = stepOf(pair, reverse);
  const base = {
    step: stepName(step),
    part: partOf(pair),
    pair: known,
    score: null,
    reviewed: null,
  };
  let repository: string;
  try {
    const mayFetch = around.refused < ENOUGH_REFUSED;
    repository = await repositoryOf(cache, step, mayFetch);
    around.refused = 0;
  } catch (error) {
    around.refused += 1;
    return { ...base, trouble: { unavailable: true, why: wordsOf(error) } };
  }
  try {
    const reviewed = await review(repository, { home: around.home });
    const { found } = reviewed;
    const score =
      known &&
      (reverse
        ? loudOn(known, found)
        : await scoreOf(known, repository, found));
    return { ...base, reviewed, score, trouble: null };
  } catch (error) {
    return { ...base, trouble: { unavailable: false, why: wordsOf(error) } };
  }
}

function stepOf(pair: VulnerablePair | OrdinaryPair, reverse: boolean): Step {
  const { name } = pair;
  if (!("advisory" in pair))
    return { name, base: pair.older, head: pair.newer };
  const { fixed, vulnerable } = pair;
  return reverse
    ? { name, base: vulnerable, head: fixed }
    : { name, base: fixed, head: vulnerable };
}

/** Where packages are kept between runs unless another folder is named. */
export function defaultCache(): string {
  return path.join(tmpdir(), "roundtable-bench-cache");
}

function count(seen: readonly Seen[]): VulnerabilityFigures {
  const tried = seen.filter(({ trouble }) => trouble?.unavailable !== true);
  const vulnerable = tried.filter(({ pair }) => pair !== null);
  const ordinary = tried.filter(
    ({ pair, reviewed }) => pair === null && reviewed !== null,
  );
  const of = (wanted: Part): readonly Seen[] =>
    vulnerable.filter(({ part }) => part === wanted);
  const classes = [...new Set(vulnerable.map(classOf))].toSorted();
  const high = ordinary.map((one) => alarms(one, isHigh));
  const times = seen
    .flatMap(({ reviewed }) => (reviewed === null ? [] : [reviewed.ms]))
    .toSorted((a, b) => a - b);
  return {
    all: recallOf(vulnerable),
    development: recallOf(of("development")),
    heldOut: recallOf(of("heldOut")),
    fresh: recallOf(of("fresh")),
    classes: Object.fromEntries(
      classes.map((name) => [
        name,
        recallOf(vulnerable.filter((one) => classOf(one) === name)),
      ]),
    ),
    ordinary: {
      pairs: ordinary.length,
      highPerPair: mean(high),
      mediumPerPair: mean(ordinary.map((one) => alarms(one, isMedium))),
      pairsWithHigh: high.filter((number) => number > 0).length,
    },
    unavailable: named(seen, (trouble) => trouble.unavailable),
    failed: named(seen, (trouble) => !trouble.unavailable),
    silent: seen.filter(({ reviewed }) =>
      reviewed?.silent.some(({ tool }) => looksForWeaknesses(tool)),
    ).length,
    reviewMs: Math.round(times[Math.floor(times.length / 2)] ?? 0),
  };
}

function recallOf(seen: readonly Seen[]): Recall {
  const share = (hit: (score: Score) => boolean): number | null =>
    mean(seen.map(({ score }) => (score !== null && hit(score) ? 1 : 0)));
  return {
    pairs: seen.length,
    file: share(({ file }) => file),
    line: share(({ line }) => line),
    named: share(({ named: right }) => right),
  };
}

function classOf({ pair }: Seen): string {
  return pair?.class ?? "ordinary";
}

function isMedium({ severity }: Found): boolean {
  return severity === "medium";
}

/** Any High of any tool counts against an ordinary pair, and Mediums that speak of security. */
function alarms({ reviewed }: Seen, counts: (found: Found) => boolean): number {
  const found = reviewed?.found ?? [];
  return (counts === isHigh ? found : securityFindings(found)).filter(counts)
    .length;
}

function named(
  seen: readonly Seen[],
  which: (trouble: NonNullable<Seen["trouble"]>) => boolean,
): readonly string[] {
  return seen.flatMap(({ step, trouble }) =>
    trouble !== null && which(trouble) ? [`${step}: ${trouble.why}`] : [],
  );
}

function mean(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sum = numbers.reduce((total, number) => total + number, 0);
  return Math.round((sum / numbers.length) * 1000) / 1000;
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replaceAll(/\s+/gu, " ").slice(0, 300);
}

/** Results in the order of the work; at most {@link AT_ONCE} go on at a time. */
async function inTurns<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results = new Map<number, T>();
  let next = 0;
  const take = async (): Promise<void> => {
    for (let index = next++; index < work.length; index = next++) {
      const job = work[index];
      if (job !== undefined) results.set(index, await job());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return work.flatMap((_, index) => results.get(index) ?? []);
}
