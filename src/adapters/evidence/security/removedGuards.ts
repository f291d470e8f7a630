import { QUESTION } from "./callGuards.ts";
import type { GuardKind } from "./guardKind.ts";
import type { Guard } from "./guards.ts";
import { endLineOf, isCall, lineOf, verbOf } from "./nodes.ts";
import type { Outline, Unit } from "./units.ts";

/** Both versions of a file, cut into units and searched for guards. */
export interface Versions {
  readonly before: Outline;
  readonly after: Outline;
  readonly old: readonly Guard[];
  readonly now: readonly Guard[];
  readonly pairs: ReadonlyMap<Unit, Unit>;
  /** 1-based lines of the old version that the change takes away. */
  readonly removedLines: ReadonlySet<number>;
}

/** Kinds that can stand in for one: a helper that checks a key replaces a comparison with it. */
const STANDS_FOR: Readonly<Record<GuardKind, readonly GuardKind[]>> = {
  proto: ["check"],
  own: ["plain", "proto"],
  plain: ["own", "proto"],
  path: ["check"],
  escape: [],
  check: ["proto", "path", "escape", "refuse"],
  named: ["check", "escape"],
  refuse: ["check"],
  exit: ["refuse"],
  type: [],
  limit: [],
  safer: [],
  option: [],
};

/** What takes the place of the safer function where it goes. */
const LESS_SAFE: readonly (readonly [safer: RegExp, less: RegExp])[] = [
  [/^(?:execFile|spawn)/, /^exec(?:Sync)?$/],
  [/^safe(?:Load|Dump|Parse)/, /^(?:load|loadAll|dump|parse)$/],
  [/^join$/, /^resolve$/],
  [/^stringify$/, /^replace(?:All)?$/],
  [/^random|^getRandom/, /^(?:random|pseudoRandomBytes)$/],
  [/^mkdtemp/, /^mkdir/],
];

/** Guards of the old version that the change takes away and puts nothing in the place of. */
export function removedGuards(versions: Versions): readonly Guard[] {
  const { before, old, now, pairs, removedLines, after } = versions;
  const keysOld = countsBy(old, ({ key }) => key);
  const keysNow = countsBy(now, ({ key }) => key);
  const kindsOld = countsBy(old, ({ kind }) => kind);
  const kindsNow = countsBy(now, ({ kind }) => kind);
  const inOld = kindsByUnit(old);
  const inNow = kindsByUnit(now);
  return old.filter(({ kind, key, node, unit }) => {
    if (!touches(node, removedLines)) return false;
    const left = keysNow.get(key) ?? 0;
    if (left >= (keysOld.get(key) ?? 0)) return false;
    if (kind === "named") return left === 0;
    const paired = pairs.get(unit);
    // A word that is gone from the whole file is refused nowhere any more, whatever else is; a new check may know it.
    if (kind === "proto" && left === 0 && isWord(key))
      return (
        paired === undefined ||
        (inNow.get(paired)?.get("check") ?? 0) <=
          (inOld.get(unit)?.get("check") ?? 0)
      );
    if (key === "safer ownKeys")
      return paired !== undefined && forIns(paired) > forIns(unit);
    if (kind === "safer")
      return swaps(
        key,
        paired === undefined ? before.units : [unit],
        paired === undefined ? after.units : [paired],
        after,
      );
    // Gone with its question, or asked no more where something sensitive needs the answer: that is judged later.
    if (kind === "check" && isQuestion(key) && isDefined(key, before))
      return !isDefined(key, after) && left === 0;
    // A helper that is gone by name did more, or it would not have been written.
    if (left === 0 && HELPER.test(key) && isOwnHelper(key, versions))
      return true;
    // Plain objects where there were objects without a prototype; a map that is gone altogether took its keys along.
    if (kind === "plain" && paired !== undefined && /Map|null/.test(key))
      return emptyObjects(paired) > emptyObjects(unit);
    if (paired === undefined)
      return (kindsNow.get(kind) ?? 0) < (kindsOld.get(kind) ?? 0);
    return strength(inNow.get(paired), kind) < strength(inOld.get(unit), kind);
  });
}

/** Whether a guard refuses a word that no text in the new version has any more. */
export function isWordLost({ key }: Guard, { source }: Outline): boolean {
  const word = /^proto (__proto__|constructor|prototype) /u.exec(key)?.[1];
  return (
    word !== undefined &&
    !new RegExp(
      `["'\`][^"'\`\n]{0,40}\\b${word}\\b[^"'\`\n]{0,40}["'\`]`,
      "u",
    ).test(source.code)
  );
}

/** Kinds of which some function has more guards than before, the functions that are new among them. */
export function grownKinds({
  old,
  now,
  pairs,
}: Versions): ReadonlySet<GuardKind> {
  const was = new Map([...pairs].map(([before, after]) => [after, before]));
  const inOld = kindsByUnit(old);
  const grown = new Set<GuardKind>();
  for (const [unit, kinds] of kindsByUnit(now)) {
    const before = was.get(unit);
    const had = before === undefined ? undefined : inOld.get(before);
    for (const [kind, count] of kinds)
      if (count > (had?.get(kind) ?? 0)) grown.add(kind);
  }
  return grown;
}

/** Whether the safer function is called less often than before, and one less safe in its place. */
function swaps(
  key: string,
  were: readonly Unit[],
  are: readonly Unit[],
  after: Outline,
): boolean {
  const verb = key.slice("safer ".length);
  const calls = (
    units: readonly Unit[],
    passes: (verb: string) => boolean,
  ): number =>
    units
      .flatMap(({ nodes }) => nodes)
      .filter((node) => isCall(node) && passes(verbOf(node))).length;
  const same = (other: string): boolean => other === verb;
  if (calls(are, same) >= calls(were, same)) return false;
  const less = LESS_SAFE.find(([safer]) => safer.test(verb))?.[1];
  if (less === undefined) return calls(after.units, same) === 0;
  const isLess = (other: string): boolean => less.test(other);
  return calls(are, isLess) > calls(were, isLess);
}

/** Keys of guards that are calls of functions by name alone. */
const HELPER = /^(?:check|escape|path) \w+$/;

/** Whether a guard calls a function of the program, which the file takes in or holds, and not a method of something else. */
function isOwnHelper(key: string, { before }: Versions): boolean {
  const name = key.slice(key.indexOf(" ") + 1);
  return before.units.some(
    (unit) =>
      unit.name === name ||
      unit.nodes.some(
        (node) =>
          node.type === "VariableDeclarator" &&
          node.id.type === "Identifier" &&
          node.id.name === name,
      ),
  );
}

function isQuestion(key: string): boolean {
  return QUESTION.test(key.slice("check ".length));
}

/** Whether a file holds the function that a check calls. */
function isDefined(key: string, { units }: Outline): boolean {
  const name = key.slice("check ".length);
  return units.some((unit) => unit.name === name);
}

function forIns({ nodes }: Unit): number {
  return nodes.filter(({ type }) => type === "ForInStatement").length;
}

function emptyObjects({ nodes }: Unit): number {
  return nodes.filter(
    (node) => node.type === "ObjectExpression" && node.properties.length === 0,
  ).length;
}

function isWord(key: string): boolean {
  return /^proto (?:__proto__|constructor|prototype) /.test(key);
}

type Kinds = ReadonlyMap<GuardKind, number>;

/** How many guards of kinds that can stand for each other a unit has. */
function strength(kinds: Kinds | undefined, kind: GuardKind): number {
  return [kind, ...STANDS_FOR[kind]].reduce(
    (sum, one) => sum + (kinds?.get(one) ?? 0),
    0,
  );
}

function kindsByUnit(guards: readonly Guard[]): ReadonlyMap<Unit, Kinds> {
  const found = new Map<Unit, Map<GuardKind, number>>();
  for (const { unit, kind } of guards) {
    const kinds = found.get(unit) ?? new Map<GuardKind, number>();
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    found.set(unit, kinds);
  }
  return found;
}

function touches(node: Guard["node"], lines: ReadonlySet<number>): boolean {
  for (let line = lineOf(node); line <= endLineOf(node); line += 1)
    if (lines.has(line)) return true;
  return false;
}

function countsBy<T>(
  list: readonly T[],
  keyOf: (one: T) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of list)
    counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}
