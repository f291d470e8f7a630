import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLError,
} from "yaml";
import type { RulesFault } from "../../core/rules/fault.ts";
import type { RulesReading } from "../../core/rules/house.ts";
import { MAX_RULES_BYTES, RulesFile } from "../../protocol/rulesFile.ts";
import { wordsOf } from "./words.ts";

/** Faults that are told at once; a file with more has one cause. */
const MOST_FAULTS = 20;
const TOO_DEEP = "is nested too deeply";

/** Reads YAML 1.2 of at most 64 KiB. Anchors, tags, further documents, doubled and unknown keys are faults; an empty file rules nothing. */
export function readRules(text: string): RulesReading {
  try {
    return read(text);
  } catch (error) {
    // What is nested ten thousand deep exhausts the stack of whoever walks it.
    if (error instanceof RangeError) return refused(TOO_DEEP);
    throw error;
  }
}

function read(text: string): RulesReading {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RULES_BYTES)
    return refused(
      `has ${String(bytes)} bytes; at most ${String(MAX_RULES_BYTES)} are read`,
    );
  const broken = /[\0\uFFFD]/u.exec(text);
  if (broken !== null) {
    const before = text.slice(0, broken.index).split("\n");
    return {
      ok: false,
      faults: [
        {
          line: before.length,
          column: (before.at(-1) ?? "").length + 1,
          what: "holds bytes that are not UTF-8 text; save it as UTF-8",
        },
      ],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ""), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const faults = syntaxFaults(document, lines);
  if (faults.length > 0) return { ok: false, faults };
  const parsed = RulesFile.safeParse(
    document.contents === null || isEmpty(document) ? {} : document.toJS(),
  );
  if (parsed.success)
    return { ok: true, rules: parsed.data, lines: linesOf(document, lines) };
  return {
    ok: false,
    faults: parsed.error.issues
      .flatMap((issue) => wordsOf(issue, document.toJS()))
      .map(({ path, what, atKey }) => ({
        ...placeOf(document, lines, path, atKey),
        what,
      }))
      .toSorted((a, b) => a.line - b.line || a.column - b.column)
      .slice(0, MOST_FAULTS),
  };
}

function refused(what: string): { ok: false; faults: RulesFault[] } {
  return { ok: false, faults: [{ line: 1, column: 1, what }] };
}

function isEmpty({ contents }: Document): boolean {
  return isScalar(contents) && contents.value === null;
}

/** What YAML itself objects to, and what it allows but a rules file has no use for: anchors stand for any amount of text. */
function syntaxFaults(
  document: Document,
  lines: LineCounter,
): readonly RulesFault[] {
  const at = (offset: number, what: string): RulesFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), what };
  };
  const faults = [...document.errors, ...document.warnings].map((trouble) =>
    at(trouble.pos[0], inWords(trouble)),
  );
  const deep = faults.find(({ what }) => what === TOO_DEEP);
  if (deep !== undefined) return [deep];
  if (faults.length > 0) return faults.slice(0, MOST_FAULTS);
  const odd: RulesFault[] = [];
  visit(document, {
    Node: (key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node) || (node.anchor ?? "") !== "")
        odd.push(at(offset, "uses an anchor or alias (& or *); write it out"));
      else if (key === "key" && !isScalar(node))
        odd.push(at(offset, "has a key that is no plain word"));
      return odd.length >= MOST_FAULTS ? visit.BREAK : undefined;
    },
  });
  return odd;
}

function inWords({ code, message }: YAMLError): string {
  if (code === "DUPLICATE_KEY") return "says the same key twice";
  if (code === "MULTIPLE_DOCS") return "holds more than one document (---)";
  return message.startsWith("Maximum call stack")
    ? TOO_DEEP
    : `is not YAML: ${(message.split("\n")[0] ?? "").replace(/[.:]$/, "")}`;
}

/** Where the value at `path`, or its key, or the closest thing around it, begins. */
function placeOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
  atKey: boolean,
): { readonly line: number; readonly column: number } {
  const node =
    (atKey ? keyNode(document, path) : undefined) ??
    path
      .map((_, index) =>
        document.getIn(path.slice(0, path.length - index), true),
      )
      .find((found) => isNode(found) && found.range);
  if (!isNode(node) || !node.range) return { line: 1, column: 1 };
  const { line, col } = lines.linePos(node.range[0]);
  return { line, column: col };
}

function keyNode(document: Document, path: readonly PropertyKey[]): unknown {
  const parent =
    path.length > 1
      ? document.getIn(path.slice(0, -1), true)
      : document.contents;
  if (!isMap(parent)) return undefined;
  return parent.items.find(
    ({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)),
  )?.key;
}

/** Lines of the keys at the first two levels. */
function linesOf(
  document: Document,
  lines: LineCounter,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  const note = (node: unknown, prefix: string, deeper: boolean): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key) || !key.range) continue;
      const name = `${prefix}${String(key.value)}`;
      found[name] = lines.linePos(key.range[0]).line;
      if (deeper) note(value, `${name}.`, false);
    }
  };
  note(document.contents, "", true);
  return found;
}
