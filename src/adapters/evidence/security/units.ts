import type { Node } from "@babel/types";
import {
  bare,
  childrenOf,
  endLineOf,
  isCall,
  isCallable,
  isMember,
  lineOf,
  propertyOf,
  stringOf,
  type Callable,
} from "./nodes.ts";
import type { Source } from "./source.ts";

/** A function with the small callbacks inside it, or what stands outside of all functions. */
export interface Unit {
  /** Its own name, `""` for a file's outermost code, `(anonymous)` for what has none. */
  readonly name: string;
  readonly node: Node;
  readonly outer: Unit | undefined;
  /** Its own nodes and those of the callbacks that belong to it, in the order of the text. */
  readonly nodes: readonly Node[];
  /** Itself when it is a function, and the callbacks. */
  readonly callables: readonly Callable[];
}

/** A file cut into units. */
export interface Outline {
  readonly source: Source;
  readonly units: readonly Unit[];
  readonly parents: ReadonlyMap<Node, Node>;
  /** The unit each node belongs to. */
  readonly unitOf: ReadonlyMap<Node, Unit>;
}

interface Growing extends Unit {
  readonly nodes: Node[];
  readonly callables: Callable[];
}

/** Callbacks with more lines than this are units of their own: a module's wrapper is no callback. */
const CALLBACK_LINES = 120;

/** Cuts a file into units. Time is in proportion to its length. */
export function outline(source: Source): Outline {
  const parents = new Map<Node, Node>();
  const unitOf = new Map<Node, Unit>();
  const first = unit("", source.root, undefined);
  const units: Growing[] = [first];
  const waiting: { node: Node; into: Growing }[] = [
    { node: source.root, into: first },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    let { into } = next;
    into.nodes.push(node);
    unitOf.set(node, into);
    if (isCallable(node)) {
      if (!isCallback(node, parents.get(node)) || into.outer === undefined) {
        into = unit(nameOf(node, parents), node, into);
        units.push(into);
      }
      into.callables.push(node);
    }
    for (const child of childrenOf(node).toReversed()) {
      parents.set(child, node);
      waiting.push({ node: child, into });
    }
  }
  return { source, units, parents, unitOf };
}

function unit(name: string, node: Node, outer: Unit | undefined): Growing {
  return { name, node, outer, nodes: [], callables: [] };
}

function isCallback(node: Callable, parent: Node | undefined): boolean {
  return (
    (node.type === "ArrowFunctionExpression" ||
      node.type === "FunctionExpression") &&
    parent !== undefined &&
    isCall(parent) &&
    parent.callee !== node &&
    endLineOf(node) - lineOf(node) <= CALLBACK_LINES
  );
}

function nameOf(node: Callable, parents: ReadonlyMap<Node, Node>): string {
  if (
    (node.type === "FunctionDeclaration" ||
      node.type === "FunctionExpression") &&
    node.id
  )
    return node.id.name;
  if (
    node.type === "ObjectMethod" ||
    node.type === "ClassMethod" ||
    node.type === "ClassPrivateMethod"
  )
    return keyOf(node.key);
  let at = parents.get(node);
  while (at !== undefined && bare(at) !== at) at = parents.get(at);
  if (at === undefined) return "(anonymous)";
  if (at.type === "VariableDeclarator") return keyOf(at.id);
  if (
    at.type === "ObjectProperty" ||
    at.type === "ClassProperty" ||
    at.type === "ClassPrivateProperty"
  )
    return keyOf(at.key);
  if (at.type === "AssignmentExpression") {
    const left = bare(at.left);
    return isMember(left) ? (propertyOf(left) ?? "(anonymous)") : keyOf(left);
  }
  return "(anonymous)";
}

function keyOf(node: Node): string {
  if (node.type === "Identifier") return node.name;
  if (node.type === "PrivateName") return `#${node.id.name}`;
  return stringOf(node) ?? "(anonymous)";
}
