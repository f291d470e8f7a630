import type { EvidenceTool, Seen } from "./tool.ts";

/** The project's own checks, one after another: they may use the same files. */
export const checks: EvidenceTool = {
  name: "checks",
  required: true,
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
                status: result.exitCode === 0 ? "PASS" : "FAIL",
                summary: result.timedOut
                  ? `${command} did not end in time.`
                  : result.exitCode === 0
                    ? `${command} passes${result.sandboxed ? "" : " (without a sandbox)"}.`
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
