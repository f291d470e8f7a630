import type { Node } from "@babel/types";
import {
  isMember,
  namesIn,
  propertyOf,
  shapeOf,
  stringOf,
  textOf,
} from "./nodes.ts";
import { callGuard } from "./callGuards.ts";
import type { Found, GuardKind } from "./guardKind.ts";
import type { Outline, Unit } from "./units.ts";
import { comparisonGuard, optionGuard, stringGuard } from "./valueGuards.ts";

/** A piece of code that keeps something out. */
export interface Guard {
  readonly kind: GuardKind;
  /** Equal for the same guard in both versions, whatever its place. */
  readonly key: string;
  /** What to quote. */
  readonly node: Node;
  readonly unit: Unit;
  /** Names of the values it looks at. */
  readonly names: ReadonlySet<string>;
}

/** The guards of a file, in the order of its text. */
export function guardsOf(outlined: Outline): readonly Guard[] {
  const guards = outlined.units.flatMap((unit) =>
    unit.nodes.flatMap((node): readonly Guard[] => {
      const found = guardAt(node, outlined);
      if (found === undefined) return [];
      const { kind, key, node: at = node } = found;
      return [
        { kind, key: `${kind} ${key}`, node: at, unit, names: namesIn(at) },
      ];
    }),
  );
  const told = testsOf(guards, outlined);
  return guards.filter(
    ({ kind, node }) =>
      !((kind === "exit" || kind === "refuse") && told.has(node)),
  );
}

/** Conditions of which a guard inside tells more than that they end the way. */
function testsOf(
  guards: readonly Guard[],
  { parents }: Outline,
): ReadonlySet<Node> {
  const tests = new Set<Node>();
  for (const { kind, node } of guards) {
    if (kind !== "proto" && kind !== "path" && kind !== "check") continue;
    let at: Node | undefined = node;
    while (at !== undefined && !/Statement$|Function/.test(at.type)) {
      tests.add(at);
      at = parents.get(at);
    }
  }
  return tests;
}

/** Headers that are not for everybody, in a pattern. */
const CONFIDENTIAL = /authorization|\bcookie/iu;
const SAFE_NAME =
  /^(?:safe|saniti[sz]e|escaped?|secure)(?=[A-Z_])|[a-z](?:Safe|Saniti[sz]ed?|Escaped?|Secured?)(?=[A-Z]|$)/u;
const NOT_SAFE_NAME =
  /^(?:allocUnsafe\w*|isSafeInteger|safeInteger|threadSafe|nullSafe)$/u;
function guardAt(node: Node, outlined: Outline): Found | undefined {
  const { source, parents } = outlined;
  const parent = parents.get(node);
  switch (node.type) {
    case "StringLiteral":
      return stringGuard(node.value, node, parent, outlined);
    case "TemplateLiteral": {
      const text = stringOf(node);
      return text === undefined
        ? undefined
        : stringGuard(text, node, parent, outlined);
    }
    case "RegExpLiteral":
      if (CONFIDENTIAL.test(node.pattern))
        return { kind: "check", key: "confidential headers" };
      if (/__proto__|\bprototype\b/u.test(node.pattern))
        return { kind: "proto", key: shapeOf(source, node) };
      if (
        /\\\.\\\.|\\\.\{2|\\\.\{1,2\}|\.\\\.\[/u.test(node.pattern) ||
        /\(\?:\^\|\[\\+\/\]\)/u.test(node.pattern)
      )
        return { kind: "path", key: shapeOf(source, node) };
      return undefined;
    case "IfStatement":
      return leaves(node.consequent)
        ? {
            kind: refuses(textOf(source, node.consequent)) ? "refuse" : "exit",
            key: shapeOf(source, node.test),
            node: node.test,
          }
        : undefined;
    case "UnaryExpression":
      return node.operator === "delete" &&
        isMember(node.argument) &&
        CONFIDENTIAL.test(propertyOf(node.argument) ?? "")
        ? { kind: "check", key: shapeOf(source, node) }
        : undefined;
    case "Identifier":
      return SAFE_NAME.test(node.name) && !NOT_SAFE_NAME.test(node.name)
        ? { kind: "named", key: node.name }
        : undefined;
    case "BinaryExpression":
      return comparisonGuard(node, outlined);
    case "ObjectProperty":
      return optionGuard(node, outlined);
    case "CallExpression":
    case "OptionalCallExpression":
    case "NewExpression":
      return callGuard(node, outlined);
    default:
      return undefined;
  }
}

/** Whether what is done before leaving says no: throws, makes an error, answers with a status of the four hundreds. */
function refuses(text: string): boolean {
  return /\bthrow\b|[eE]rror\w*\(|\breject|\b4\d\d\b|\bfail|forbid|denied/u.test(
    text,
  );
}

/** Whether a statement ends the way through the code: throws, returns, goes on with the next. */
function leaves(statement: Node): boolean {
  if (statement.type === "BlockStatement") {
    const last = statement.body.at(-1);
    return last !== undefined && leaves(last);
  }
  return /^(?:Throw|Return|Continue|Break)Statement$/.test(statement.type);
}
