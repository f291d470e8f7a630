import { parse, type ParserOptions } from "@babel/parser";
import type { Linter } from "eslint/universal";

type Plugins = NonNullable<ParserOptions["plugins"]>;

/** What a file may be written in, the most likely first; `<T>x` of TypeScript and JSX exclude each other. */
const DIALECTS: readonly Plugins[] = [
  ["typescript", "jsx"],
  ["typescript"],
  ["flow", "jsx"],
];

/**
 * Babel's parser for ESLint: ESTree of JavaScript, JSX and TypeScript. Types stay in the tree, where security rules meet none of them;
 * tokens have their text, and all one type, which these rules do not ask for. Throws the first dialect's error when no dialect fits.
 */
export const eslintParser = {
  meta: { name: "roundtable-babel", version: "1" },
  parseForESLint: (text) => {
    let first: unknown;
    for (const plugins of DIALECTS) {
      try {
        const { program, tokens, comments } = parse(text, {
          sourceType: "unambiguous",
          ranges: true,
          tokens: true,
          attachComment: false,
          errorRecovery: true,
          allowReturnOutsideFunction: true,
          allowAwaitOutsideFunction: true,
          allowSuperOutsideMethod: true,
          allowUndeclaredExports: true,
          allowNewTargetOutsideFunction: true,
          plugins: ["estree", "decorators-legacy", ...plugins],
        });
        return {
          ast: {
            ...program,
            tokens: tokensOf(text, tokens),
            comments: (comments ?? []).map((comment) => ({
              ...comment,
              range: [comment.start, comment.end],
              type: comment.type === "CommentBlock" ? "Block" : "Line",
            })),
          },
        };
      } catch (error) {
        first ??= error;
      }
    }
    throw first;
  },
} as const satisfies Linter.Parser;

interface BabelToken {
  readonly type: unknown;
  readonly start: number;
  readonly end: number;
  readonly loc: unknown;
}

/** Comments are among Babel's tokens, with a name for a type. */
function tokensOf(text: string, tokens: unknown): readonly object[] {
  if (!Array.isArray(tokens)) return [];
  return (tokens as readonly BabelToken[])
    .filter(({ type, start, end }) => typeof type !== "string" && end > start)
    .map(({ start, end, loc }) => ({
      type: "Punctuator",
      value: text.slice(start, end),
      range: [start, end],
      loc,
    }));
}
