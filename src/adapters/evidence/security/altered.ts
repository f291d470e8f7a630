import type { Node } from "@babel/types";
import { changedOptions } from "./alteredOptions.ts";
import type { Concern } from "./lostGuards.ts";
import { CHECKING } from "./judge.ts";
import {
  bare,
  endLineOf,
  isCall,
  isMember,
  lineOf,
  quote,
  shapeOf,
  verbOf,
} from "./nodes.ts";
import type { Versions } from "./removedGuards.ts";
import type { Outline, Unit } from "./units.ts";

/**
 * Guards that are still there and let more through: the pattern of a check or an escape that is another one now, a bound on a
 * length that was raised, a condition that lost a part. What the difference means is for a person to say: medium.
 */
export function alteredGuards(versions: Versions): readonly Concern[] {
  const { before, after, pairs, removedLines } = versions;
  return [...pairs].flatMap(([old, now]) => {
    if (!unitTouched(old, before, removedLines)) return [];
    return [
      ...alteredPatterns(old, now, before, after),
      ...raisedBounds(old, now, before, after),
      ...loosenedRepeats(old, now, before, after),
      ...changedOptions(old, now, before, after),
    ];
  });
}

function unitTouched(
  unit: Unit,
  { source }: Outline,
  removed: ReadonlySet<number>,
): boolean {
  if (unit.node === source.root) return removed.size > 0;
  for (let line = lineOf(unit.node); line <= endLineOf(unit.node); line += 1)
    if (removed.has(line)) return true;
  return false;
}

/** Regular expressions by which a unit checks or cleans, with the names they are kept under. */
function patternsOf(unit: Unit, { source, parents }: Outline): readonly Node[] {
  const file = source.path.slice(source.path.lastIndexOf("/") + 1);
  const isChecking = CHECKING.test(unit.name) || CHECKING.test(file);
  return unit.nodes.filter((node) => {
    if (node.type !== "RegExpLiteral") return false;
    const parent = parents.get(node);
    if (parent === undefined) return false;
    if (parent.type === "VariableDeclarator")
      return (
        parent.id.type === "Identifier" &&
        (isChecking || KEPT.test(parent.id.name))
      );
    const call = isMember(parent) ? parents.get(parent) : parent;
    if (call === undefined || !isCall(call)) return false;
    return (
      (isChecking &&
        /^(?:test|exec|match|replace|replaceAll)$/.test(verbOf(call))) ||
      /\\\.\\\.|__proto__/u.test(node.pattern)
    );
  });
}

/** Names of constants that hold what is allowed or refused. */
const KEPT =
  /valid|safe|allow|forbid|deny|illegal|invalid|reserved|unsafe|escape|saniti|ident|(?:^|_)(?:name|field|param|header|url|path|host|domain)\w*(?:re|regexp?|pattern)$/iu;

function alteredPatterns(
  old: Unit,
  now: Unit,
  before: Outline,
  after: Outline,
): readonly Concern[] {
  const shape =
    (outlined: Outline) =>
    (node: Node): string =>
      shapeOf(outlined.source, node);
  const were = patternsOf(old, before);
  const are = patternsOf(now, after);
  const wereShapes = new Set(were.map(shape(before)));
  const areShapes = new Set(are.map(shape(after)));
  const gone = were.filter((node) => !areShapes.has(shape(before)(node)));
  const added = are.filter((node) => !wereShapes.has(shape(after)(node)));
  return added.flatMap((node, at) => {
    const was = gone[at];
    if (was === undefined) return [];
    return [
      {
        rule: "missing-validation" as const,
        severity: "medium" as const,
        line: lineOf(node),
        claim: `The pattern by which ${siteOf(now)} checks or cleans its input changes from \`${quote(before.source, was)}\` to \`${quote(after.source, node)}\`: look whether it now lets through what it kept out.`,
      },
    ];
  });
}

interface Bound {
  readonly what: string;
  readonly most: number;
  readonly node: Node;
}

function boundsOf(unit: Unit, { source }: Outline): readonly Bound[] {
  return unit.nodes.flatMap((node) => {
    if (node.type !== "BinaryExpression" || !/^[<>]=?$/.test(node.operator))
      return [];
    const left = bare(node.left);
    const right = bare(node.right);
    return isMember(left) && right.type === "NumericLiteral"
      ? [{ what: shapeOf(source, left), most: right.value, node }]
      : [];
  });
}

function raisedBounds(
  old: Unit,
  now: Unit,
  before: Outline,
  after: Outline,
): readonly Concern[] {
  const were = boundsOf(old, before);
  return boundsOf(now, after).flatMap(({ what, most, node }) => {
    const was = were.find(
      (one) => one.what === what && /length|size|count|depth/iu.test(what),
    );
    if (was === undefined || most < was.most * 2 || was.most < 10) return [];
    return [
      {
        rule: "redos" as const,
        severity: "medium" as const,
        line: lineOf(node),
        claim: `The bound on a length is raised from \`${quote(before.source, was.node)}\` to \`${quote(after.source, node)}\`: what is slow for long input, such as a regular expression behind it, gets longer input.`,
      },
    ];
  });
}

/** Regular expressions in which a bounded repeat became an unbounded one. */
function loosenedRepeats(
  old: Unit,
  now: Unit,
  before: Outline,
  after: Outline,
): readonly Concern[] {
  const were = regexesOf(old);
  const are = regexesOf(now);
  const isIn = (list: readonly Regex[], { pattern }: Regex): boolean =>
    list.some((one) => one.pattern === pattern);
  const gone = were.filter((one) => !isIn(are, one));
  return are
    .filter((one) => !isIn(were, one))
    .flatMap((node) => {
      const was = gone.find((one) => isLoosened(one.pattern, node.pattern));
      if (was === undefined) return [];
      return [
        {
          rule: "redos" as const,
          severity: "medium" as const,
          line: lineOf(node),
          claim: `A bounded repeat in \`${quote(before.source, was)}\` is unbounded in \`${quote(after.source, node)}\`: look whether long input can now make it slow.`,
        },
      ];
    });
}

type Regex = Extract<Node, { type: "RegExpLiteral" }>;

function regexesOf({ nodes }: Unit): readonly Regex[] {
  return nodes.filter((node) => node.type === "RegExpLiteral");
}

/** Whether two patterns differ in one place, and there a bounded repeat became an unbounded one. */
function isLoosened(was: string, is: string): boolean {
  let start = 0;
  while (start < was.length && was[start] === is[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(was.length, is.length) - start &&
    was.at(-1 - end) === is.at(-1 - end)
  )
    end += 1;
  const then = was.slice(start, was.length - end);
  const there = is.slice(start, is.length - end);
  return (
    /^(?:\?|\{\d+(?:,\d+)?\}|,?\d+\}?)?$/u.test(then) &&
    /^(?:[*+]|\{\d+,\}|,?\})$/u.test(there) &&
    then !== there &&
    was !== ""
  );
}

function siteOf({ name }: Unit): string {
  return name === "" || name === "(anonymous)" ? "this file" : name;
}
