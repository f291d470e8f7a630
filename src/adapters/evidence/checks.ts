import type { CommandResult } from "../../ports.ts";
import { lastLine } from "./lastLine.ts";
import type { EvidenceTool, Seen } from "./tool.ts";

/** The project's own checks, one after another: they may use the same files. */
export const checks: EvidenceTool = {
  name: "checks",
  required: true,
  runsCommands: true,
  look: async ({ input, run, signal }) => {
    const seen: Seen[] = [];
    for (const argv of input.checks) {
      const command = argv.join(" ");
      const id = `checks:${command}`;
      try {
        const result = await run(argv, input.dir, signal);
        seen.push({
          id,
          findings: [],
          ...(result === undefined
            ? {
                status: "NOT_RUN",
                summary: `${command} was not allowed to run.`,
              }
            : {
                status: statusOf(result),
                summary: result.timedOut
                  ? `${command} did not end in time.`
                  : result.exitCode === 0
                    ? `${command} passes${result.sandboxed ? "" : " (without a sandbox)"}.`
                    : NOT_STARTED.has(result.exitCode ?? 0)
                      ? `${command} exits with code ${String(result.exitCode)}: ${lastLine(result.output, result.exitCode)}. Install what the project needs, or name another check.`
                      : `${command} fails with exit code ${String(result.exitCode)}.`,
                output: result.output.slice(-OUTPUT_TAIL),
              }),
        });
      } catch (error) {
        signal.throwIfAborted();
        seen.push({
          id,
          status: "ERROR",
          summary:
            `${command} could not be started: ${error instanceof Error ? error.message : String(error)}`.slice(
              0,
              2000,
            ),
          findings: [],
        });
      }
    }
    return seen;
  },
};

const OUTPUT_TAIL = 6000;
/** What shells exit with when a command cannot be executed, or is not there: that says nothing about the change. */
const NOT_STARTED: ReadonlySet<number> = new Set([126, 127]);

function statusOf({ exitCode, timedOut }: CommandResult): Seen["status"] {
  if (exitCode === 0) return "PASS";
  return !timedOut && NOT_STARTED.has(exitCode ?? 0) ? "ERROR" : "FAIL";
}
