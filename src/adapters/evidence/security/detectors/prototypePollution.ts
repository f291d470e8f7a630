import type { Node } from "@babel/types";
import { leaveOutKeys } from "../fixes.ts";
import type { Detector, Place } from "../hit.ts";
import {
  bare,
  boundNames,
  isCall,
  isMember,
  namesIn,
  propertyOf,
  quote,
  shapeOf,
  textOf,
  verbOf,
  type Member,
} from "../nodes.ts";

/**
 * Writes to properties whose names come from outside, at an object that was itself reached by such a name (a path that is
 * walked, a merge that recurses): `__proto__` as a name reaches the prototype of every object.
 */
export const prototypePollution: Detector = (place) => {
  const { outlined, unit, flow } = place;
  const { source } = outlined;
  const writes = unit.nodes.flatMap((node) => {
    if (node.type !== "AssignmentExpression") return [];
    const left = bare(node.left);
    return isMember(left) && isOpenKey(left, place) ? [{ node, left }] : [];
  });
  if (writes.length === 0 || isGuarded(place)) return [];
  const steps = stepsOf(place);
  const recursive = recursesWithKey(place);
  return writes.flatMap(({ node, left }) => {
    const object = bare(left.object);
    const walked =
      object.type === "Identifier"
        ? steps.has(object.name)
        : isMember(object) && isOpenKey(object, place);
    const merged =
      !walked &&
      object.type === "Identifier" &&
      !isFresh(object.name, place) &&
      recursive;
    if (!walked && !merged) return [];
    if (!flow.tainted(left.property) && !flow.tainted(object)) return [];
    const fix = leaveOutKeys(node, outlined);
    return [
      {
        ...(fix !== undefined && { fix }),
        rule: "prototype-pollution",
        node,
        key: shapeOf(source, left),
        severity: "high",
        claim: merged
          ? `A recursive merge writes \`${quote(source, node)}\` for every key of its input and never leaves out "__proto__", "constructor" or "prototype": JSON with such keys changes the prototype of all objects.`
          : `A path of names is walked and \`${quote(source, node)}\` written at its end without refusing "__proto__", "constructor" or "prototype": such a path changes the prototype of all objects.`,
      },
    ];
  });
};

/** A computed key that may be any name. */
function isOpenKey(member: Member, { flow }: Place): boolean {
  if (!member.computed) return false;
  const key = bare(member.property);
  return (
    propertyOf(member) === undefined && !flow.fixed(key) && !flow.counts(key)
  );
}

/** Words by which a unit, or a function of the file that it calls, shows that it knows of dangerous keys. */
const KNOWS =
  /__proto__|polluti?on|polluted|proto(?:type)?(?:Key|Prop)|(?:unsafe|safe|valid|forbidden|dangerous|reserved|allowed|disallowed|blocked|builtin)\w{0,4}(?:Key|Prop|Path|Name|Segment)s?|(?:Key|Prop|Path|Name)\w{0,3}(?:Safe|Unsafe|Valid|Allowed|Forbidden)|isUnsafe|isSafe|Object\.create\(null\)|new (?:Weak)?Map\b/iu;

function isGuarded({ outlined, unit }: Place): boolean {
  const { source } = outlined;
  if (KNOWS.test(textOf(source, unit.node))) return true;
  const called = new Set(
    unit.nodes.flatMap((node) => (isCall(node) ? [verbOf(node)] : [])),
  );
  if (
    outlined.units.some(
      (other) =>
        other !== unit &&
        other.name !== "" &&
        called.has(other.name) &&
        /__proto__/u.test(textOf(source, other.node)) &&
        textOf(source, other.node).length < 1500,
    )
  )
    return true;
  return false;
}

/** Names that hold what was found under an open key: `next = node[key]`, the accumulator of a reduce over keys. */
function stepsOf(place: Place): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of place.unit.nodes) {
    if (
      node.type === "VariableDeclarator" &&
      node.id.type === "Identifier" &&
      node.init &&
      looksUp(node.init, place)
    )
      names.add(node.id.name);
    else if (
      node.type === "AssignmentExpression" &&
      node.left.type === "Identifier" &&
      looksUp(node.right, place)
    )
      names.add(node.left.name);
    else if (isCall(node) && /^reduce(?:Right)?$/.test(verbOf(node))) {
      const [step] = node.arguments;
      if (
        step !== undefined &&
        (step.type === "ArrowFunctionExpression" ||
          step.type === "FunctionExpression")
      )
        for (const name of step.params.slice(0, 1).flatMap(boundNames))
          names.add(name);
    }
  }
  return names;
}

/** Whether an expression gives `object[key]` for an open key, perhaps with something to fall back on. */
function looksUp(node: Node, place: Place): boolean {
  const one = bare(node);
  if (isMember(one)) return isOpenKey(one, place);
  if (one.type === "AssignmentExpression")
    return looksUp(one.left, place) || looksUp(one.right, place);
  if (one.type === "LogicalExpression")
    return looksUp(one.left, place) || looksUp(one.right, place);
  if (one.type === "ConditionalExpression")
    return looksUp(one.consequent, place) || looksUp(one.alternate, place);
  return false;
}

/** Whether the unit, or a callback of it, calls itself with what it found under an open key. */
function recursesWithKey(place: Place): boolean {
  const { unit } = place;
  const held = stepsOf(place);
  return unit.nodes.some(
    (node) =>
      isCall(node) &&
      (verbOf(node) === unit.name ||
        /^(?:callee|_?(?:deep)?(?:merge|extend|clone|assign)\w*)$/iu.test(
          verbOf(node),
        )) &&
      node.arguments.some(
        (argument) =>
          looksUp(argument, place) ||
          [...namesIn(argument)].some((name) => held.has(name)),
      ),
  );
}

/** Whether a name holds an object that the unit itself made. */
function isFresh(name: string, { unit }: Place): boolean {
  let made = false;
  for (const node of unit.nodes) {
    if (
      node.type === "VariableDeclarator" &&
      node.id.type === "Identifier" &&
      node.id.name === name
    )
      made =
        node.init?.type === "ObjectExpression" ||
        node.init?.type === "ArrayExpression";
    else if (
      node.type === "AssignmentExpression" &&
      node.left.type === "Identifier" &&
      node.left.name === name
    )
      return false;
  }
  return made;
}
