/** Type errors the change brings, by the workspace's own TypeScript. */
import type { Finding } from "../../protocol/consensus.ts";
import { lastLine } from "./lastLine.ts";
import { tsProjects, type TsProject } from "./tsProjects.ts";
import { readTsc, type TypeError } from "./readTsc.ts";
import { verdict, type EvidenceTool, type Look, type Seen } from "./tool.ts";

/** Time of one run of the compiler, ms. */
const RUN_MS = 90_000;

const SOURCE = /\.[cm]?tsx?$/;

export const types: EvidenceTool = {
  name: "types",
  required: false,
  runsCommands: true,
  look: async (look) => {
    if (!look.files.some(({ path }) => SOURCE.test(path)))
      return [pass("No TypeScript was changed.")];
    const projects = await tsProjects(look);
    if (typeof projects === "string") return [notRun(projects)];
    const findings: Finding[] = [];
    const troubles: string[] = [];
    for (const project of projects) {
      const seen = await check(look, project);
      if (typeof seen === "string") troubles.push(seen);
      else findings.push(...seen);
    }
    return [
      verdict(
        findings,
        "The change brings no type errors.",
        (count) =>
          `The change brings ${String(count)} type ${count === 1 ? "error" : "errors"}.`,
        troubles.join(" "),
      ),
    ];
  },
};

/** Errors of the changed state that the base does not have; or a sentence that says why they are not known. */
async function check(
  look: Look,
  project: TsProject,
): Promise<readonly Finding[] | string> {
  const { input } = look;
  const now = await compile(look, project, input.dir);
  if (typeof now === "string") return now;
  if (now.length === 0) return [];
  const then =
    input.baseDir === undefined
      ? "it was not looked at"
      : await compile(look, project, await input.baseDir());
  const isCompared = typeof then !== "string";
  const added = isCompared
    ? without(now, then, look)
    : onChangedLines(now, look);
  // A package that is missing here may be there where the change was made: its absence says nothing of the change, but makes much else unknown.
  const isInstalled = !added.some(isMissingPackage);
  return added
    .filter((error) => !isMissingPackage(error))
    .map(({ path, line, code, message }) => ({
      path,
      line,
      claim: `${code}: ${message}`.slice(0, 1000),
      severity: isCompared && isInstalled ? "high" : "medium",
    }));
}

async function compile(
  { run, signal }: Look,
  { argv, config }: TsProject,
  dir: string,
): Promise<readonly TypeError[] | string> {
  const result = await run(argv, dir, signal, RUN_MS);
  if (result === undefined) return "TypeScript was not allowed to run.";
  if (result.timedOut)
    return `TypeScript was not done with ${config} in time and was ended.`;
  const errors = readTsc(result.output);
  if (result.exitCode === 0 || errors.length > 0) return errors;
  return `TypeScript could not check ${config}: ${lastLine(result.output, result.exitCode)}.`;
}

/** What is in `now` more often than in `then`, by file, code and text: lines move. */
function without(
  now: readonly TypeError[],
  then: readonly TypeError[],
  { files }: Look,
): readonly TypeError[] {
  const newPath = new Map(
    files.flatMap(({ path, oldPath }) =>
      oldPath === undefined ? [] : [[oldPath, path]],
    ),
  );
  const left = new Map<string, number>();
  for (const error of then) {
    const key = keyOf({
      ...error,
      path: newPath.get(error.path) ?? error.path,
    });
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  return now.filter((error) => {
    const key = keyOf(error);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

function keyOf({ path, code, message }: TypeError): string {
  return `${path}\n${code}\n${message}`;
}

function onChangedLines(
  errors: readonly TypeError[],
  { files }: Look,
): readonly TypeError[] {
  const lines = new Map(
    files.map(({ path, addedLines }) => [path, addedLines]),
  );
  return errors.filter(({ path, line }) => lines.get(path)?.has(line) === true);
}

const MISSING = new Set(["TS2307", "TS7016", "TS2688", "TS2792"]);

function isMissingPackage({ code, message }: TypeError): boolean {
  return MISSING.has(code) && !/'\.{1,2}\//.test(message);
}

function pass(summary: string): Seen {
  return { status: "PASS", summary, findings: [] };
}

function notRun(summary: string): Seen {
  return { status: "NOT_RUN", summary, findings: [] };
}
