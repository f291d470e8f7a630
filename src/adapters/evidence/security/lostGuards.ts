import type { Severity } from "../../../protocol/consensus.ts";
import { aliasesOf } from "./aliases.ts";
import { flowOf } from "./flow.ts";
import type { Node } from "@babel/types";
import { putBack, type Fix } from "./fixes.ts";
import type { GuardKind } from "./guardKind.ts";
import type { Guard } from "./guards.ts";
import type { Rule } from "./hit.ts";
import { judge } from "./judge.ts";
import { lineOf, quote } from "./nodes.ts";
import {
  grownKinds,
  isWordLost,
  removedGuards,
  type Versions,
} from "./removedGuards.ts";
import { sensitiveIn, type Sensitive } from "./sensitive.ts";
import type { Outline, Unit } from "./units.ts";

/** Something to tell a reviewer. */
export interface Concern {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly claim: string;
  /** 1-based, in the new version. */
  readonly line: number;
  readonly fix?: Fix;
}

/** An operation further away than this is not what the finding points at. */
const NEAR_LINES = 12;
/** Guards that one finding quotes. */
const MOST_QUOTED = 3;

/** A guard that is gone, as plain data. */
export interface Lost {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly kind: GuardKind;
  /** See the key of a guard. */
  readonly key: string;
  /** Its code, short. */
  readonly quoted: string;
  /** Where it stood, 1-based, in the new version. */
  readonly line: number;
  /** The function it stood in, in the new version: one number for each. */
  readonly site: number;
  readonly siteName: string;
  /** The operation it stood before. */
  readonly over?: { readonly quoted: string; readonly line: number };
  /** Puts it back. */
  readonly fix?: Fix;
}

/** Guards that a change takes away where something needs them. */
export function lostGuards(
  versions: Versions & {
    readonly newLine: (oldLine: number) => number;
    readonly addedLines: ReadonlySet<number>;
  },
): readonly Lost[] {
  const { before, after, newLine, removedLines, addedLines } = versions;
  const removed = removedGuards(versions);
  if (removed.length === 0) return [];
  const near = new Map(
    after.units.map((unit) => [unit, sensitiveOf(after, unit)]),
  );
  const all = [...near.values()].flat();
  const grown = grownKinds(versions);
  return removed.flatMap((guard) => {
    const places = placesOf(guard, versions);
    return places.flatMap(({ unit, at }) => {
      const line = newLine(lineOf(at));
      const judged = judge(guard, {
        near: unit === undefined ? [] : (near.get(unit) ?? []),
        all,
        line,
        siteName: siteNameOf(unit, after),
      });
      if (judged === undefined) return [];
      const { rule, over } = judged;
      // Where the same kind of guard is new in another function, it may have moved there in other words.
      const severity =
        judged.severity === "high" &&
        grown.has(guard.kind) &&
        !isWordLost(guard, after)
          ? "medium"
          : judged.severity;
      const fix =
        at === guard.node
          ? putBack(at, before, after.source, line, removedLines, addedLines)
          : undefined;
      return [
        {
          rule,
          severity,
          kind: guard.kind,
          key: guard.key,
          quoted: quote(before.source, guard.node, 80),
          line,
          site: unit === undefined ? -1 : after.units.indexOf(unit),
          siteName: unit?.name ?? "",
          ...(fix !== undefined && { fix }),
          ...(over === undefined
            ? {}
            : {
                over: {
                  quoted: quote(after.source, over.node, 70),
                  line: lineOf(over.node),
                },
              }),
        },
      ];
    });
  });
}

interface Stood {
  /** The function in the new version, when there is one. */
  readonly unit: Unit | undefined;
  /** What stood for the guard there, in the old version. */
  readonly at: Node;
}

/** Places at which a guard is missed: where it stood; for one in a helper that is gone, or in a constant, where that was used. */
function placesOf(guard: Guard, { before, pairs }: Versions): readonly Stood[] {
  const { unit, node } = guard;
  const paired = pairs.get(unit);
  const name = paired === undefined ? unit.name : constantAround(node, before);
  if (name === undefined || name === "" || name === "(anonymous)")
    return [{ unit: paired, at: node }];
  const used = new Map<Unit, Node>();
  for (const other of before.units) {
    const now = pairs.get(other);
    if (now === undefined || other === unit || used.size >= MOST_PLACES)
      continue;
    const at = other.nodes.find(
      (one) =>
        one.type === "Identifier" &&
        one.name === name &&
        before.parents.get(one)?.type !== "VariableDeclarator",
    );
    if (at !== undefined && other.outer !== undefined) used.set(now, at);
  }
  return used.size === 0
    ? [{ unit: paired, at: node }]
    : [...used].map(([now, at]) => ({ unit: now, at }));
}

/** Places one lost guard is reported at. */
const MOST_PLACES = 3;

/** The name of the constant outside of all functions that a node is part of the value of. */
function constantAround(node: Node, outlined: Outline): string | undefined {
  if (outlined.unitOf.get(node)?.outer !== undefined) return undefined;
  for (
    let at: Node | undefined = node;
    at !== undefined;
    at = outlined.parents.get(at)
  )
    if (at.type === "VariableDeclarator")
      return at.id.type === "Identifier" ? at.id.name : undefined;
  return undefined;
}

/** What a function is called; the file's name for what has none. */
function siteNameOf(unit: Unit | undefined, { source }: Outline): string {
  return unit === undefined ||
    unit.name === "" ||
    unit.name === "(anonymous)" ||
    unit.name === "exports"
    ? source.path.slice(source.path.lastIndexOf("/") + 1)
    : unit.name;
}

function sensitiveOf(outlined: Outline, unit: Unit): readonly Sensitive[] {
  return sensitiveIn({
    outlined,
    unit,
    flow: flowOf(outlined, unit),
    aliases: aliasesOf(outlined),
  });
}

/** One concern for each function and class of weakness. */
export function concernsOf(lost: readonly Lost[]): readonly Concern[] {
  const groups = new Map<string, Lost[]>();
  for (const one of lost) {
    const id = `${one.rule} ${String(one.site)}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...rest] = group.toSorted(
      (a, b) =>
        ORDER[a.severity] - ORDER[b.severity] ||
        TELLING.indexOf(a.kind) - TELLING.indexOf(b.kind) ||
        a.line - b.line,
    );
    return first === undefined ? [] : [concernOf(first, rest)];
  });
}

function concernOf(first: Lost, rest: readonly Lost[]): Concern {
  const quoted = [
    ...new Set([first, ...rest].map((one) => `\`${one.quoted}\``)),
  ];
  const more = quoted.length - MOST_QUOTED;
  const { siteName, over, rule, severity } = first;
  const where =
    siteName === "" || siteName === "(anonymous)" ? "" : ` from ${siteName}`;
  const stood =
    over === undefined
      ? "there"
      : `before \`${over.quoted}\` on line ${String(over.line)}`;
  const isNear =
    over !== undefined &&
    over.line >= first.line &&
    over.line - first.line <= NEAR_LINES;
  return {
    rule,
    severity,
    ...(first.fix !== undefined && { fix: first.fix }),
    line: isNear ? over.line : first.line,
    claim: `The change takes ${quoted.slice(0, MOST_QUOTED).join(", ")}${more > 0 ? ` and ${String(more)} more` : ""} away${where}, which stood ${stood}: ${MEANS[rule]}`,
  };
}

const ORDER = { critical: 0, high: 1, medium: 2, low: 3 };

/** Kinds from the most telling to the least. */
const TELLING: readonly GuardKind[] = [
  "proto",
  "path",
  "safer",
  "option",
  "escape",
  "check",
  "refuse",
  "plain",
  "own",
  "named",
  "limit",
  "type",
  "exit",
];

const MEANS: Readonly<Record<Rule, string>> = {
  "prototype-pollution":
    'a key such as "__proto__" or "constructor" may now reach the prototype of all objects.',
  "command-injection":
    "a value may now bring its own commands or options to a program.",
  "code-injection": "a value may now become code that is run.",
  "path-traversal": "a path may now lead out of its folder.",
  redos: "long input may now take a regular expression very long.",
  "cross-site-scripting": "a value may now bring its own HTML.",
  "sql-injection": "a value may now bring its own SQL.",
  "insecure-tls": "a connection may no longer be checked.",
  "insecure-randomness": "a secret may now be guessed.",
  "unsafe-deserialisation": "data may now make more than plain data.",
  timing: "how long the comparison takes tells how much was right.",
  "server-side-request-forgery": "a request may now go anywhere.",
  "open-redirect": "a redirect may now lead anywhere.",
  "information-exposure": "what is confidential may now go to others.",
  "insecure-default": "what it kept out by default now gets in.",
  "missing-validation": "what it kept out now gets in.",
};
