import { parse, type ParserOptions } from "@babel/parser";
import type { Node } from "@babel/types";

/** A file of JavaScript or TypeScript that was parsed. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked out, so that offsets still fit. */
  readonly code: string;
  readonly root: Node;
}

/** A parsed file, or a sentence that says why it was not read. */
export type Parsed =
  | { readonly ok: true; readonly source: Source }
  | { readonly ok: false; readonly why: string };

const SCRIPT = /\.[cm]?[jt]sx?$/;
const MOST_CHARACTERS = 2_000_000;
/** Lines longer than this on average were written by a tool for a machine. */
const MINIFIED_AVERAGE = 500;

/** Whether a path names JavaScript or TypeScript that runs; declaration files don't. */
export function isScript(path: string): boolean {
  return SCRIPT.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

/** Whether nobody reads this text: a minified bundle. Its source is what is looked at. */
export function isMinified(path: string, text: string): boolean {
  if (/[.-]min\.[cm]?js$/.test(path)) return true;
  if (text.length < 2 * MINIFIED_AVERAGE) return false;
  let lines = 1;
  for (
    let at = text.indexOf("\n");
    at !== -1 && lines * MINIFIED_AVERAGE < text.length;
    at = text.indexOf("\n", at + 1)
  )
    lines += 1;
  return text.length / lines > MINIFIED_AVERAGE;
}

/** Parses a file; mistakes that the parser can step over are stepped over. Never throws. */
export function parseSource(path: string, text: string): Parsed {
  if (text.length > MOST_CHARACTERS)
    return {
      ok: false,
      why: `it is longer than ${String(MOST_CHARACTERS / 1_000_000)} million characters`,
    };
  let why = "";
  for (const plugins of dialects(path)) {
    try {
      const file = parse(text, {
        ...OPTIONS,
        sourceType: /^\s*(?:import|export)\b/mu.test(text)
          ? "module"
          : "script",
        plugins,
      });
      return {
        ok: true,
        source: {
          path,
          text,
          code: blanked(text, file.comments),
          root: file.program,
        },
      };
    } catch (error) {
      if (why === "")
        why = `it does not parse: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return { ok: false, why: why.slice(0, 300) };
}

const OPTIONS: ParserOptions = {
  errorRecovery: true,
  attachComment: false,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowSuperOutsideMethod: true,
  allowUndeclaredExports: true,
  allowNewTargetOutsideFunction: true,
};

type Plugins = NonNullable<ParserOptions["plugins"]>;

function dialects(path: string): readonly Plugins[] {
  if (/tsx$/.test(path)) return [["typescript", "jsx", "decorators-legacy"]];
  if (/ts$/.test(path)) return [["typescript", "decorators-legacy"]];
  return [
    ["jsx", "decorators-legacy"],
    ["flow", "jsx", "decorators-legacy"],
  ];
}

function blanked(
  text: string,
  comments:
    | readonly { start?: number | null; end?: number | null }[]
    | null
    | undefined,
): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of comments ?? []) {
    if (typeof start !== "number" || typeof end !== "number") continue;
    if (start < at) continue;
    parts.push(
      text.slice(at, start),
      text.slice(start, end).replace(/[^\r\n]/gu, " "),
    );
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}
