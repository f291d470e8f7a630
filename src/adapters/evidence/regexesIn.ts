import type { Node } from "@babel/types";
import { isCall, walk } from "./security/nodes.ts";

/** A regular expression whose text is known, and the nodes it is written in. */
export interface RegexFound {
  readonly source: string;
  readonly flags: string;
  readonly nodes: readonly Node[];
}

interface Text {
  readonly text: string;
  readonly nodes: readonly Node[];
}

/**
 * Every regular expression of a program whose text can be told: literals, and `RegExp(…)` of strings that are literals, joined by `+`, in
 * templates, `String.raw`, another expression's `source`, or a `const` of that. What is put together at run time is not among them.
 */
export function regexesIn(root: Node): readonly RegexFound[] {
  const constants = constantsOf(root);
  const found: RegexFound[] = [];
  walk(root, (node) => {
    if (node.type === "RegExpLiteral")
      found.push({ source: node.pattern, flags: node.flags, nodes: [node] });
    else if (
      isCall(node) &&
      node.callee.type === "Identifier" &&
      node.callee.name === "RegExp"
    ) {
      const [pattern, flags] = node.arguments;
      const source = pattern && textOf(pattern, constants, DEPTH);
      const marks =
        flags === undefined
          ? { text: "", nodes: [] }
          : textOf(flags, constants, DEPTH);
      // A literal as the argument is found by itself.
      if (source !== undefined && pattern?.type !== "RegExpLiteral")
        found.push({
          source: source.text,
          flags: marks?.text ?? "",
          nodes: source.nodes,
        });
    }
    return undefined;
  });
  return found;
}

/** How deep constants of constants are followed. */
const DEPTH = 8;

/** What each `const` of a unique name in the file is given; others could be either of two. */
function constantsOf(root: Node): ReadonlyMap<string, Node> {
  const found = new Map<string, Node | undefined>();
  walk(root, (node) => {
    if (node.type !== "VariableDeclaration") return undefined;
    for (const { id, init } of node.declarations) {
      if (id.type !== "Identifier") continue;
      const isKnown =
        !found.has(id.name) && node.kind === "const" && init != null;
      found.set(id.name, isKnown ? init : undefined);
    }
    return undefined;
  });
  return new Map(
    [...found].flatMap(([name, init]) =>
      init === undefined ? [] : [[name, init] as const],
    ),
  );
}

function textOf(
  node: Node,
  constants: ReadonlyMap<string, Node>,
  depth: number,
): Text | undefined {
  if (depth === 0) return undefined;
  const deeper = (next: Node): Text | undefined =>
    textOf(next, constants, depth - 1);
  switch (node.type) {
    case "StringLiteral":
      return { text: node.value, nodes: [node] };
    case "RegExpLiteral":
      return { text: node.pattern, nodes: [node] };
    case "BinaryExpression":
      return node.operator === "+"
        ? joined([deeper(node.left), deeper(node.right)])
        : undefined;
    case "TemplateLiteral":
      return joined(
        node.quasis.flatMap((quasi, at) => {
          const value = node.expressions[at];
          const text = quasi.value.cooked;
          return [
            text == null ? undefined : { text, nodes: [node] },
            ...(value === undefined ? [] : [deeper(value)]),
          ];
        }),
      );
    case "TaggedTemplateExpression":
      return isStringRaw(node.tag)
        ? joined(
            node.quasi.quasis.flatMap((quasi, at) => {
              const value = node.quasi.expressions[at];
              return [
                { text: quasi.value.raw, nodes: [node] },
                ...(value === undefined ? [] : [deeper(value)]),
              ];
            }),
          )
        : undefined;
    case "MemberExpression":
      return !node.computed &&
        node.property.type === "Identifier" &&
        node.property.name === "source"
        ? deeper(node.object)
        : undefined;
    case "Identifier": {
      const init = constants.get(node.name);
      return init === undefined ? undefined : deeper(init);
    }
    default:
      return undefined;
  }
}

function joined(parts: readonly (Text | undefined)[]): Text | undefined {
  const texts: Text[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    texts.push(part);
  }
  return {
    text: texts.map(({ text }) => text).join(""),
    nodes: [...new Set(texts.flatMap(({ nodes }) => nodes))],
  };
}

function isStringRaw(tag: Node): boolean {
  return (
    tag.type === "MemberExpression" &&
    tag.object.type === "Identifier" &&
    tag.object.name === "String" &&
    tag.property.type === "Identifier" &&
    tag.property.name === "raw"
  );
}
