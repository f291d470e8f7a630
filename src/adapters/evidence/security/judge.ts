import type { Severity } from "../../../protocol/consensus.ts";
import { QUESTION } from "./callGuards.ts";
import type { Guard } from "./guards.ts";
import type { Rule } from "./hit.ts";
import { isCallable, lineOf, namesIn } from "./nodes.ts";
import type { Sensitive } from "./sensitive.ts";

/** What a removed guard stood for. */
export interface Judged {
  readonly rule: Rule;
  readonly severity: Severity;
  /** The operation it stood before. */
  readonly over?: Sensitive;
}

/** What is known of the place where a guard stood. */
export interface Scene {
  /** Sensitive operations of the unit in the new version. */
  readonly near: readonly Sensitive[];
  /** Those of the whole file. */
  readonly all: readonly Sensitive[];
  /** Where the guard stood, 1-based line of the new version. */
  readonly line: number;
  /** What the function it stood in is called. */
  readonly siteName: string;
}

/** Rules in the order in which a guard of no particular kind is held to stand for them. */
const RANK: readonly Rule[] = [
  "command-injection",
  "code-injection",
  "path-traversal",
  "prototype-pollution",
  "sql-injection",
  "cross-site-scripting",
];

/** Says what a removed guard may have kept out, or undefined when nothing near it needs one. */
export function judge(
  guard: Guard,
  { near, all, line, siteName }: Scene,
): Judged | undefined {
  const nearest = (
    list: readonly Sensitive[],
    rules: readonly Rule[],
  ): Sensitive | undefined =>
    list
      .filter(({ rule }) => rules.includes(rule))
      .toSorted((a, b) => far(a, line) - far(b, line))[0];
  const shares = (one: Sensitive | undefined): one is Sensitive =>
    one !== undefined &&
    [...namesIn(one.node, isCallable)].some((name) => guard.names.has(name));
  const sharing = near.filter((one) => shares(one));
  const ranked = (
    list: readonly Sensitive[],
    rules: readonly Rule[],
  ): Sensitive | undefined =>
    rules.map((rule) => nearest(list, [rule])).find((one) => one !== undefined);
  const as = (rule: Rule, severity: Severity, over?: Sensitive): Judged => ({
    rule,
    severity,
    ...(over === undefined ? {} : { over }),
  });
  switch (guard.kind) {
    case "proto": {
      const over = nearest(near, ["prototype-pollution"]);
      return as(
        "prototype-pollution",
        over ? "high" : "medium",
        over ?? nearest(all, ["prototype-pollution"]),
      );
    }
    case "own":
    case "plain": {
      const over =
        nearest(near, ["prototype-pollution"]) ??
        (guard.kind === "plain"
          ? nearest(all, ["prototype-pollution"])
          : undefined);
      return over && as("prototype-pollution", "medium", over);
    }
    case "path": {
      const over = nearest(sharing, ["path-traversal"]);
      return over
        ? as("path-traversal", "high", over)
        : as(
            "path-traversal",
            "medium",
            nearest(near, ["path-traversal"]) ??
              nearest(all, ["path-traversal"]),
          );
    }
    case "escape": {
      const over = ranked(near, [
        "command-injection",
        "code-injection",
        "sql-injection",
        "cross-site-scripting",
      ]);
      if (over) return as(over.rule, shares(over) ? "high" : "medium", over);
      if (/JSON\.stringify$|escape .*replace/u.test(guard.key))
        return undefined;
      const elsewhere = ranked(all, RANK);
      return as(elsewhere?.rule ?? "missing-validation", "medium", elsewhere);
    }
    case "safer": {
      if (guard.key === "safer ownKeys") {
        const over = nearest(near, ["prototype-pollution"]);
        return over && as("prototype-pollution", "medium", over);
      }
      const rule: Rule = /exec|spawn/u.test(guard.key)
        ? "command-injection"
        : /load|dump|parse/iu.test(guard.key)
          ? "unsafe-deserialisation"
          : /timing/u.test(guard.key)
            ? "timing"
            : /join|mkd/u.test(guard.key)
              ? "path-traversal"
              : "insecure-randomness";
      return as(rule, "medium", nearest(near, [rule]));
    }
    case "option":
      return as(
        /shell|--/u.test(guard.key)
          ? "command-injection"
          : "missing-validation",
        "medium",
        nearest(near, ["command-injection"]),
      );
    case "limit": {
      const over = nearest(near, ["redos"]);
      return over && as("redos", "medium", over);
    }
    case "check":
    case "named": {
      const name = guard.key.slice(guard.key.indexOf(" ") + 1);
      const named = NAMES.find(([words]) => words.test(name))?.[1];
      const over =
        (named === undefined ? undefined : nearest(near, [named])) ??
        ranked(sharing, RANK) ??
        ranked(near, named === undefined ? RANK.slice(0, 3) : []);
      const rule =
        over?.rule ??
        named ??
        ranked(all, RANK.slice(0, 2))?.rule ??
        "missing-validation";
      // A question whose answer nothing sensitive needs is about something else.
      if (QUESTION.test(name) && over === undefined) return undefined;
      const dangerous =
        over !== undefined && shares(over) && /command|code/u.test(rule);
      return as(rule, dangerous ? "high" : "medium", over);
    }
    case "refuse": {
      const over = ranked(sharing, RANK) ?? ranked(near, RANK.slice(0, 2));
      if (over)
        return as(
          over.rule,
          shares(over) && /command|code/u.test(over.rule) ? "high" : "medium",
          over,
        );
      const elsewhere = ranked(all, RANK.slice(0, 2));
      return as(elsewhere?.rule ?? "missing-validation", "medium", elsewhere);
    }
    case "exit":
    case "type": {
      const over = ranked(sharing, RANK);
      if (over) return as(over.rule, "medium", over);
      // A check or an escape that looks at less is weaker, whatever it is used for.
      if (!CHECKING.test(siteName)) return undefined;
      const elsewhere = ranked(all, RANK);
      return as(elsewhere?.rule ?? "missing-validation", "medium", elsewhere);
    }
  }
}

/** What a check is about, by the words in its name. */
const NAMES: readonly (readonly [words: RegExp, rule: Rule])[] = [
  [/proto|pollut|[kK]eys?$|constructor/iu, "prototype-pollution"],
  [/path|travers|inside|within|director|folder/iu, "path-traversal"],
  [/shell|command|cmd|argument|argv|\bargs?$/iu, "command-injection"],
  [/html|xss|script|markup/iu, "cross-site-scripting"],
  [/sql|quer/iu, "sql-injection"],
  [/header|domain|host|origin|credential|cookie/iu, "information-exposure"],
  [/ur[li]|redirect|href/iu, "open-redirect"],
];

/** Names of functions that check or clean what they are given. */
export const CHECKING =
  /(?:^|[a-z_])(?:Escape|Quote|Saniti[sz]e|Valid|Validate|Verify|Safe|Unsafe|Clean|Purify|Encode)|^(?:un)?(?:escape|quote|saniti[sz]e|valid|verify|safe|unsafe|clean|purify|encode|isSafe|isValid|isAllowed)/u;

/** Lines from where a guard stood to an operation; what stands before the guard is held to be further away. */
function far({ node }: Sensitive, line: number): number {
  const distance = lineOf(node) - line;
  return distance >= 0 ? distance : 1000 - distance;
}
