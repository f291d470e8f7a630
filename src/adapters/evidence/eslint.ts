/** What the workspace's own ESLint says of changed lines. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../../protocol/consensus.ts";
import { isGenerated } from "./generated.ts";
import { isThere } from "./isThere.ts";
import { lastLine } from "./lastLine.ts";
import { readEslint } from "./readEslint.ts";
import {
  verdict,
  type ChangedFile,
  type EvidenceTool,
  type Look,
  type Seen,
} from "./tool.ts";

const RUN_MS = 60_000;
const LINTER = "node_modules/eslint/bin/eslint.js";
const SOURCE = /\.(?:[cm]?[jt]sx?|vue|svelte)$/;
const CONFIG = /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?)$/;

/** Where ESLint writes: of a command's output only the end is kept, and a report repeats whole files. */
const REPORT = ".roundtable-eslint.json";

/** Files named on one command line. */
const MOST_FILES = 300;

export const eslint: EvidenceTool = {
  name: "eslint",
  required: false,
  runsCommands: true,
  look: async (look) => {
    const files = look.files.filter(isLinted);
    if (files.length === 0) return [pass("Nothing that ESLint reads changed.")];
    const lacking = await whatIsMissing(look);
    return [lacking === undefined ? await lint(look, files) : notRun(lacking)];
  },
};

function isLinted({ path, after, addedLines }: ChangedFile): boolean {
  return (
    SOURCE.test(path) &&
    !isGenerated(path) &&
    after !== undefined &&
    addedLines.size > 0
  );
}

async function whatIsMissing({ input }: Look): Promise<string | undefined> {
  const there = (await input.reader?.files()) ?? [];
  if (!there.some((path) => CONFIG.test(path)) && !(await inManifest(input)))
    return "The workspace has no ESLint configuration.";
  return (await isThere(join(input.dir, LINTER)))
    ? undefined
    : "The workspace's ESLint is not in node_modules; install its packages (npm ci) to have it run.";
}

async function inManifest({ reader }: Look["input"]): Promise<boolean> {
  const [manifest] = (await reader?.texts("head", ["package.json"])) ?? [];
  return (
    manifest !== undefined &&
    "text" in manifest &&
    /"eslintConfig"\s*:/.test(manifest.text)
  );
}

async function lint(
  { input, run, signal }: Look,
  files: readonly ChangedFile[],
): Promise<Seen> {
  const some = files.slice(0, MOST_FILES);
  const argv = ["node", LINTER, "--format", "json", "-o", REPORT, "--"];
  // One that the change brings along is not ESLint's.
  await rm(join(input.dir, REPORT), { force: true, recursive: true });
  try {
    const result = await run(
      [...argv, ...some.map(({ path }) => path)],
      input.dir,
      signal,
      RUN_MS,
    );
    if (result === undefined) return notRun("ESLint was not allowed to run.");
    if (result.timedOut)
      return notRun("ESLint was not done in time and was ended.");
    const messages = await readEslint(input.dir, REPORT);
    if (messages === undefined)
      return {
        status: "ERROR",
        summary: `The workspace's ESLint did not get to its end: ${lastLine(result.output, result.exitCode)}.`,
        findings: [],
        output: result.output.slice(-4000),
      };
    const lines = new Map(some.map((file) => [file.path, file.addedLines]));
    const findings = messages
      .filter(({ path, line }) => lines.get(path)?.has(line) === true)
      .map(({ path, line, rule, message, isError }): Finding => ({
        path,
        line,
        claim: `${message}${rule === "" ? "" : ` (${rule})`}`.slice(0, 1000),
        severity: isError ? "medium" : "low",
      }));
    return verdict(
      findings,
      "The workspace's ESLint finds nothing in the changed lines.",
      (count) =>
        `The workspace's ESLint points at ${String(count)} changed ${count === 1 ? "line" : "lines"}.`,
      files.length > MOST_FILES,
    );
  } finally {
    await rm(join(input.dir, REPORT), { force: true });
  }
}

function pass(summary: string): Seen {
  return { status: "PASS", summary, findings: [] };
}

function notRun(summary: string): Seen {
  return { status: "NOT_RUN", summary, findings: [] };
}
