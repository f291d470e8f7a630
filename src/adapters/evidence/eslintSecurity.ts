/** ESLint's engine with a fixed set of rules about security, on changed JavaScript and TypeScript, whatever the workspace itself lints with. */
import security from "eslint-plugin-security";
import { Linter } from "eslint/universal";
import type { Finding } from "../../protocol/consensus.ts";
import { eslintParser } from "./eslintParser.ts";
import { isGenerated } from "./generated.ts";
import { lineAt } from "./lineAt.ts";
import { isMinified, isScript } from "./security/source.ts";
import { notRead, verdict, type Analyser, type ChangedFile } from "./tool.ts";

/**
 * The rules that hardly ever point at sound code, and how bad what they find is. None is High: a rule sees a shape, not where its values
 * come from. Off, because most of what they find is sound: detect-object-injection, detect-non-literal-fs-filename,
 * detect-non-literal-require, detect-non-literal-regexp, detect-possible-timing-attacks. Off, because another tool is better at it:
 * detect-unsafe-regex (`redos.ts`) and
 * detect-bidi-characters (`hiddenCharacters.ts`, for all languages). Off, because what they are about is gone: detect-buffer-noassert.
 */
const RULES: Readonly<Record<string, Rule>> = {
  "security/detect-child-process": {
    claim: "a command is run that is not a literal",
    severity: "medium",
  },
  "security/detect-disable-mustache-escape": {
    claim: "escaping of HTML is switched off",
    severity: "medium",
  },
  "security/detect-eval-with-expression": {
    claim: "eval runs what it is given, and here that is not a literal",
    severity: "medium",
  },
  "security/detect-new-buffer": {
    claim: "new Buffer of a number gives memory that was not cleared",
    severity: "low",
  },
  "security/detect-no-csrf-before-method-override": {
    claim: "method-override after csrf lets requests go round its check",
    severity: "medium",
  },
  "security/detect-pseudoRandomBytes": {
    claim: "pseudoRandomBytes can be guessed",
    severity: "medium",
  },
  "no-new-func": {
    claim: "a function is made from a string",
    severity: "medium",
  },
  "no-implied-eval": {
    claim: "a string is run as code",
    severity: "medium",
  },
  "no-script-url": {
    claim: "a javascript: address runs as code",
    severity: "low",
  },
};

interface Rule {
  readonly claim: string;
  readonly severity: Finding["severity"];
}

const CONFIG: Linter.Config = {
  files: ["**/*"],
  plugins: { security },
  languageOptions: {
    parser: eslintParser,
    ecmaVersion: "latest",
    // What no-implied-eval looks for, in browsers and in Node.
    globals: Object.fromEntries(
      [
        ...["setTimeout", "setInterval", "setImmediate", "execScript"],
        ...["window", "self", "global", "globalThis"],
      ].map((name) => [name, "readonly"]),
    ),
  },
  // What the change itself says about rules does not count: it could switch them off.
  linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
  rules: Object.fromEntries(Object.keys(RULES).map((rule) => [rule, "error"])),
};

export const eslintSecurity: Analyser = async ({ files, cut, signal }) => {
  const linter = new Linter({ configType: "flat" });
  const findings: Finding[] = [];
  const unread: string[] = [];
  for (const file of files) {
    if (!isLinted(file)) continue;
    // Lets the end of the parent be noticed between two files.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const seen = lint(linter, file);
    if (typeof seen === "string") unread.push(`${file.path}: ${seen}`);
    else findings.push(...seen);
  }
  return [
    verdict(
      findings,
      "ESLint's security rules find nothing in the changed lines.",
      (count) =>
        `ESLint's security rules point at ${String(count)} changed ${count === 1 ? "line" : "lines"}.`,
      notRead(unread) ?? cut,
    ),
  ];
};

function isLinted({ path, after, addedLines }: ChangedFile): boolean {
  return (
    isScript(path) &&
    !isGenerated(path) &&
    addedLines.size > 0 &&
    after !== undefined &&
    !isMinified(path, after)
  );
}

/** What is found on added lines; or why the file could not be read. */
function lint(
  linter: Linter,
  { path, after = "", addedLines }: ChangedFile,
): readonly Finding[] | string {
  let messages: readonly Linter.LintMessage[];
  try {
    // One name for all: a path of the change must not choose a configuration.
    messages = linter.verify(after, [CONFIG], { filename: "changed.js" });
  } catch (error) {
    return error instanceof Error
      ? (error.message.split("\n")[0] ?? "").slice(0, 200)
      : String(error);
  }
  const fatal = messages.find((message) => message.fatal === true);
  if (fatal !== undefined) return fatal.message.slice(0, 200);
  const starts = lineStarts(after);
  const line = lineAt(after);
  return messages.flatMap((message) => {
    const rule = RULES[message.ruleId ?? ""];
    if (rule === undefined) return [];
    const at = line((starts[message.line - 1] ?? 0) + message.column - 1);
    return addedLines.has(at)
      ? [
          {
            path,
            line: at,
            claim: `${rule.claim} (${message.ruleId ?? ""})`,
            severity: rule.severity,
          },
        ]
      : [];
  });
}

/** Offsets at which lines begin as ESLint counts them: a carriage return, U+2028 and U+2029 end one as well. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g))
    starts.push(index + end.length);
  return starts;
}
