import type { Node } from "@babel/types";
import type { Source } from "./source.ts";

/** A call of any shape: `f()`, `f?.()`, `new F()`. */
export type Call = Extract<
  Node,
  { type: "CallExpression" | "OptionalCallExpression" | "NewExpression" }
>;
/** `a.b`, `a[b]`, `a?.b`. */
export type Member = Extract<
  Node,
  { type: "MemberExpression" | "OptionalMemberExpression" }
>;
/** Anything with parameters and a body. */
export type Callable = Extract<Node, { params: unknown; body: unknown }>;

/** Whether a value found in a tree is a node of it. */
function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value
  );
}

const NOT_CHILDREN: ReadonlySet<string> = new Set([
  "loc",
  "extra",
  "errors",
  "comments",
  "tokens",
  "typeAnnotation",
  "typeParameters",
  "typeArguments",
  "returnType",
]);

/** The nodes directly under one, in the order of the text. Types are left out: they run nothing. */
export function childrenOf(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (NOT_CHILDREN.has(key)) continue;
    if (Array.isArray(value)) {
      for (const one of value as unknown[]) if (isNode(one)) found.push(one);
    } else if (isNode(value)) found.push(value);
  }
  return found;
}

/** Visits a tree in the order of the text, without recursion, so that no depth is too deep. A visit that returns false leaves the children out. */
export function walk(
  root: Node,
  visit: (node: Node) => boolean | undefined,
): void {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (visit(node) === false) continue;
    waiting.push(...childrenOf(node).toReversed());
  }
}

export function isCall(node: Node): node is Call {
  return (
    node.type === "CallExpression" ||
    node.type === "OptionalCallExpression" ||
    node.type === "NewExpression"
  );
}

export function isMember(node: Node): node is Member {
  return (
    node.type === "MemberExpression" || node.type === "OptionalMemberExpression"
  );
}

export function isCallable(node: Node): node is Callable {
  return (
    node.type === "FunctionDeclaration" ||
    node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression" ||
    node.type === "ObjectMethod" ||
    node.type === "ClassMethod" ||
    node.type === "ClassPrivateMethod"
  );
}

/** The expression inside casts, parentheses and `await`. */
export function bare(node: Node): Node {
  let inner = node;
  while (
    inner.type === "TSAsExpression" ||
    inner.type === "TSNonNullExpression" ||
    inner.type === "TSSatisfiesExpression" ||
    inner.type === "TypeCastExpression" ||
    inner.type === "ParenthesizedExpression" ||
    inner.type === "AwaitExpression"
  )
    inner =
      inner.type === "AwaitExpression" ? inner.argument : inner.expression;
  return inner;
}

/** `a.b.c` for a chain of plain names, `this` included; `["b"]` counts as `.b`, a call as what it calls with `()`. Undefined for anything else. */
export function dotted(node: Node): string | undefined {
  const names: string[] = [];
  let at = bare(node);
  for (;;) {
    if (isMember(at)) {
      const name = propertyOf(at);
      if (name === undefined) return undefined;
      names.push(name);
      at = bare(at.object);
      continue;
    }
    if (at.type === "Identifier") names.push(at.name);
    else if (at.type === "ThisExpression") names.push("this");
    else if (
      at.type === "CallExpression" &&
      at.callee.type === "Identifier" &&
      at.callee.name === "require"
    )
      names.push(`require(${stringOf(at.arguments[0]) ?? "?"})`);
    else if (at.type === "SequenceExpression") {
      const last = at.expressions.at(-1);
      if (last === undefined) return undefined;
      at = bare(last);
      continue;
    } else return undefined;
    return names.toReversed().join(".");
  }
}

/** The name of the property that is read, when it is fixed. */
export function propertyOf(node: Member): string | undefined {
  if (!node.computed && node.property.type === "Identifier")
    return node.property.name;
  return stringOf(node.property);
}

/** What a call calls, dotted; its last name alone when what stands before it is not a chain of names. */
export function calleeOf(call: Call): string {
  const whole = dotted(call.callee);
  if (whole !== undefined) return whole;
  const callee = bare(call.callee);
  return isMember(callee) ? `?.${propertyOf(callee) ?? "?"}` : "?";
}

/** The last name of what a call calls. */
export function verbOf(call: Call): string {
  const callee = calleeOf(call);
  return callee.slice(callee.lastIndexOf(".") + 1);
}

/** The text of a string that is fixed. */
export function stringOf(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.type === "StringLiteral") return node.value;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** 1-based line where a node starts. */
export function lineOf(node: Node): number {
  return node.loc?.start.line ?? 1;
}

/** 1-based line where a node ends. */
export function endLineOf(node: Node): number {
  return node.loc?.end.line ?? lineOf(node);
}

/** The text of a node without its comments. */
export function textOf(source: Source, node: Node): string {
  return source.code.slice(node.start ?? 0, node.end ?? 0);
}

/** The text of a node in one form whatever its layout and quotes, at most 400 characters. */
export function shapeOf(source: Source, node: Node): string {
  return textOf(source, node)
    .slice(0, 1200)
    .replace(/["`]/gu, "'")
    .replace(/\s+/gu, "")
    .replace(/[;,](?=[)}\]]|$)/gu, "")
    .slice(0, 400);
}

/** The text of a node on one line and short, to quote in a claim. */
export function quote(source: Source, node: Node, most = 90): string {
  const text = textOf(source, node).slice(0, 2000).replace(/\s+/gu, " ").trim();
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Names of plain identifiers that an expression reads; names of properties don't count, nor what is in a part that is left out. */
export function namesIn(
  node: Node,
  leftOut: (node: Node) => boolean = () => false,
): ReadonlySet<string> {
  const names = new Set<string>();
  walk(node, (one) => {
    if (leftOut(one)) return false;
    if (one.type === "Identifier") names.add(one.name);
    else if (isMember(one) && !one.computed) {
      for (const name of namesIn(one.object, leftOut)) names.add(name);
      return false;
    }
    return undefined;
  });
  return names;
}

/** Names that a pattern of parameters or of a declaration binds. */
export function boundNames(pattern: Node): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap((one) =>
        one === null ? [] : boundNames(one),
      );
    case "ObjectPattern":
      return pattern.properties.flatMap((one) =>
        boundNames(one.type === "RestElement" ? one.argument : one.value),
      );
    case "TSParameterProperty":
      return boundNames(pattern.parameter);
    default:
      return [];
  }
}
