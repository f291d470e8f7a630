import type { Finding } from "../../protocol/consensus.ts";
import { isGenerated } from "./generated.ts";
import { verdict, type EvidenceTool } from "./tool.ts";

interface Danger {
  readonly files: RegExp;
  readonly shape: RegExp;
  readonly claim: string;
  readonly severity: Finding["severity"];
  /** The line without the danger, where there is one way to write it. */
  readonly mend?: (line: string) => string;
}

const PYTHON = /\.pyi?$/;

/** Calls that run what they are given. Hits are hints for the reviewers: a line does not tell where its values come from. */
const DANGERS: readonly Danger[] = [
  {
    files: PYTHON,
    shape: /(?<![\w.])(?:eval|exec)\s*\((?!\s*["'][^"']*["']\s*\))/,
    claim: "code is run from a value",
    severity: "medium",
  },
  {
    files: PYTHON,
    shape: /\bpickle\.loads?\s*\(/,
    claim: "unpickling runs code of whoever wrote the data",
    severity: "medium",
  },
  {
    files: PYTHON,
    shape: /\byaml\.load\s*\((?![^)]*Safe)/,
    claim: "yaml.load makes objects of any class",
    severity: "medium",
    mend: (line) =>
      line.replace(/\byaml\.load(\s*\(\s*[\w.]+\s*\))/, "yaml.safe_load$1"),
  },
  {
    files: PYTHON,
    shape: /\bverify\s*=\s*False\b/,
    claim: "TLS certificates are not checked",
    severity: "medium",
    mend: (line) => line.replace(/\bverify(\s*=\s*)False\b/, "verify$1True"),
  },
  {
    files: PYTHON,
    shape:
      /\b(?:os\.system|subprocess\.\w+)\s*\((?:f["']|[^)]*shell\s*=\s*True)/,
    claim: "a shell command is put together from values",
    severity: "medium",
  },
];

/** Lines from this many characters on are written by a tool. */
const MINIFIED = 1000;

/** Dangerous calls in added lines of Python; comments and generated code are passed over. JavaScript and TypeScript are read as syntax trees, by `security/codeSecurity.ts`. */
export const dangerousCalls: EvidenceTool = {
  name: "dangerousCalls",
  required: false,
  look: ({ added, cut }) => [
    verdict(
      added.flatMap(({ path, line, text }) => {
        if (isGenerated(path) || text.length > MINIFIED) return [];
        if (/^\s*(?:\/\/|\*|\/\*|#)/.test(text)) return [];
        const danger = DANGERS.find(
          ({ files, shape }) => files.test(path) && shape.test(text),
        );
        if (danger === undefined) return [];
        const { claim, severity, mend } = danger;
        const mended = mend?.(text) ?? text;
        const fix = { from: line, to: line, text: mended };
        return [
          { path, line, claim, severity, ...(mended !== text && { fix }) },
        ];
      }),
      "No dangerous calls in the added lines.",
      (count) =>
        `${String(count)} added ${count === 1 ? "line calls" : "lines call"} something dangerous.`,
      cut,
    ),
  ],
};
