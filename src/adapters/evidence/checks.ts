import { realpath } from "node:fs/promises";
import type { CommandResult } from "../../ports.ts";
import type { Finding } from "../../protocol/consensus.ts";
import { readFailures } from "./failingTests.ts";
import { lastLine } from "./lastLine.ts";
import type { EvidenceTool, Look, Seen } from "./tool.ts";

/** The project's own checks, one after another: they may use the same files. What fails is read from their output where its format is known. */
export const checks: EvidenceTool = {
  name: "checks",
  required: true,
  runsCommands: true,
  look: async (look) => {
    const seen: Seen[] = [];
    for (const argv of look.input.checks)
      seen.push({
        id: `checks:${argv.join(" ")}`,
        ...(await check(look, argv)),
      });
    return seen;
  },
};

async function check(look: Look, argv: readonly string[]): Promise<Seen> {
  const { input, run, signal } = look;
  const command = argv.join(" ");
  try {
    const result = await run(argv, input.dir, signal);
    if (result === undefined)
      return {
        status: "NOT_RUN",
        summary: `${command} was not allowed to run.`,
        findings: [],
      };
    const status = statusOf(result);
    return {
      status,
      summary: sentence(command, result),
      findings: status === "FAIL" ? await failuresIn(result.output, look) : [],
      output: result.output.slice(-OUTPUT_TAIL),
    };
  } catch (error) {
    signal.throwIfAborted();
    const said = error instanceof Error ? error.message : String(error);
    return {
      status: "ERROR",
      summary: `${command} could not be started: ${said}`.slice(0, 2000),
      findings: [],
    };
  }
}

const OUTPUT_TAIL = 6000;
/** What shells exit with when a command cannot be executed, or is not there: that says nothing about the change. */
const NOT_STARTED: ReadonlySet<number> = new Set([126, 127]);

function statusOf({ exitCode, timedOut }: CommandResult): Seen["status"] {
  if (exitCode === 0) return "PASS";
  return !timedOut && NOT_STARTED.has(exitCode ?? 0) ? "ERROR" : "FAIL";
}

function sentence(command: string, result: CommandResult): string {
  const { exitCode, timedOut, sandboxed, output } = result;
  if (timedOut) return `${command} did not end in time.`;
  if (exitCode === 0)
    return `${command} passes${sandboxed ? "" : " (without a sandbox)"}.`;
  const code = String(exitCode);
  return NOT_STARTED.has(exitCode ?? 0)
    ? `${command} exits with code ${code}: ${lastLine(output, exitCode)}. Install what the project needs, or name another check.`
    : `${command} fails with exit code ${code}.`;
}

/** Failures with a place in a file of the repository. */
async function failuresIn(output: string, { input }: Look): Promise<Finding[]> {
  const failures = readFailures(output);
  if (failures.length === 0) return [];
  const files = (await input.reader?.files()) ?? [];
  const roots = [input.dir, await realpath(input.dir).catch(() => input.dir)];
  return failures.flatMap(({ path, line, claim }) => {
    const file = fileOf(path, roots, files);
    return file === undefined
      ? []
      : [{ path: file, line, claim, severity: "high" as const }];
  });
}

/** The file a runner means: its path below the folder, or, of a package inside, the one file whose path ends so. */
function fileOf(
  path: string,
  roots: readonly string[],
  files: readonly string[],
): string | undefined {
  const root = roots.find((dir) => path.startsWith(`${dir}/`));
  const below = (
    root === undefined ? path : path.slice(root.length + 1)
  ).replace(/^\.\//, "");
  if (files.includes(below)) return below;
  const ending = files.filter((file) => file.endsWith(`/${below}`));
  return ending.length === 1 ? ending[0] : undefined;
}
