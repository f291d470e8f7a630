import type { Node } from "@babel/types";
import type { Finding } from "../../../protocol/consensus.ts";
import { endLineOf, lineOf } from "./nodes.ts";
import type { Source } from "./source.ts";
import type { Outline } from "./units.ts";

/** An edit that settles a finding; see `Fix` of the protocol. */
export type Fix = NonNullable<Finding["fix"]>;

/** Longer edits are for a person to write. */
const MOST_CHARACTERS = 4000;

/**
 * Puts a statement back that a change took away, before line `at` of the new version: only where nothing was added beside it, so
 * that what it reads is still there.
 */
export function putBack(
  node: Node,
  before: Outline,
  after: Source,
  at: number,
  removed: ReadonlySet<number>,
  added: ReadonlySet<number>,
): Fix | undefined {
  const statement = statementAround(node, before);
  if (statement === undefined || added.has(at) || added.has(at - 1))
    return undefined;
  const first = lineOf(statement);
  const last = endLineOf(statement);
  const old = linesOf(before.source.text);
  const lines = old.slice(first - 1, last);
  const isWhole =
    lines.every((_, index) => removed.has(first + index)) &&
    (lines[0] ?? "").trimStart().startsWith("if") &&
    /[;}]$/.test((lines.at(-1) ?? "").trimEnd());
  return isWhole ? insert(lines.join("\n"), after, at) : undefined;
}

/** Leaves dangerous keys out of a loop over keys: a line at the beginning of the loop's body. */
export function leaveOutKeys(
  node: Node,
  { source, parents }: Outline,
): Fix | undefined {
  for (
    let at: Node | undefined = node;
    at !== undefined;
    at = parents.get(at)
  ) {
    if (/Function|Method|Class/.test(at.type)) return undefined;
    if (at.type !== "ForInStatement" || at.body.type !== "BlockStatement")
      continue;
    const left =
      at.left.type === "VariableDeclaration"
        ? at.left.declarations[0]?.id
        : at.left;
    const [first] = at.body.body;
    if (
      left?.type !== "Identifier" ||
      first === undefined ||
      lineOf(first) === lineOf(at)
    )
      return undefined;
    const indent =
      /^\s*/.exec(linesOf(source.text)[lineOf(first) - 1] ?? "")?.[0] ?? "";
    const { name } = left;
    return insert(
      `${indent}if (${name} === "__proto__" || ${name} === "constructor" || ${name} === "prototype") continue;`,
      source,
      lineOf(first),
    );
  }
  return undefined;
}

/** Replaces a text that is on a line once. */
export function replaceOn(
  node: Node,
  { text }: Source,
  what: RegExp,
  by: string,
): Fix | undefined {
  const at = lineOf(node);
  const line = linesOf(text)[at - 1] ?? "";
  return line.split(what).length === 2
    ? { from: at, to: at, text: line.replace(what, by) }
    : undefined;
}

function insert(
  text: string,
  { text: whole }: Source,
  at: number,
): Fix | undefined {
  const line = linesOf(whole)[at - 1];
  if (line === undefined) return undefined;
  const both = `${text}\n${line}`;
  return both.length > MOST_CHARACTERS
    ? undefined
    : { from: at, to: at, text: both };
}

function statementAround(node: Node, { parents }: Outline): Node | undefined {
  for (
    let at: Node | undefined = node;
    at !== undefined && !/Function|Method/.test(at.type);
    at = parents.get(at)
  )
    if (at.type === "IfStatement") return at;
  return undefined;
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/u);
}
