import type { Evidence } from "../../protocol/consensus.ts";
import type { CommandResult, EvidenceTools, RunCheck } from "../../ports.ts";
import { changedFiles } from "./changedFiles.ts";
import { runTool } from "./runTool.ts";
import type { EvidenceTool, Look } from "./tool.ts";
import { tools as allTools } from "./tools.ts";

/** Most time all tools together may take, s, unless the settings say otherwise. */
const SECONDS = 120;

/**
 * The deterministic tools, run side by side; those that run commands one after another. A tool that breaks is an ERROR on the record, one
 * whose time is over is NOT_RUN: never a pass. `seconds` bounds them together; the project's own checks have a limit of their own.
 */
export function openEvidence(
  options: {
    readonly seconds?: number;
    /** File of known vulnerabilities; it need not be there. */
    readonly advisories?: string;
    readonly tools?: readonly EvidenceTool[];
  } = {},
): EvidenceTools {
  const { seconds = SECONDS, advisories = "" } = options;
  const tools = options.tools ?? allTools(advisories);
  return {
    gather: async (input, run, signal) => {
      const look = {
        ...(await changedFiles(input)),
        input,
        run: withinAll(run, seconds * 1000),
        signal,
      };
      const deadline = performance.now() + (input.seconds ?? seconds) * 1000;
      const commands = tools.filter(({ runsCommands }) => runsCommands);
      const inTurn = runInTurn(commands, look, deadline);
      const seen = await Promise.all(
        tools.map(async (tool) =>
          tool.runsCommands === true
            ? ((await inTurn).get(tool) ?? [])
            : runTool(tool, look, deadline),
        ),
      );
      return seen.flat();
    },
  };
}

/** Commands with a limit share what is left of the common time; one that cannot begin any more has timed out. */
function withinAll(run: RunCheck, totalMs: number): RunCheck {
  let leftMs = totalMs;
  return async (argv, cwd, signal, limitMs) => {
    if (limitMs === undefined) return run(argv, cwd, signal);
    const result =
      leftMs > 0
        ? await run(argv, cwd, signal, Math.min(limitMs, leftMs))
        : OUT_OF_TIME;
    leftMs -= result?.durationMs ?? 0;
    return result;
  };
}

const OUT_OF_TIME: CommandResult = {
  exitCode: null,
  output: "",
  timedOut: true,
  sandboxed: false,
  durationMs: 0,
};

async function runInTurn(
  tools: readonly EvidenceTool[],
  look: Look,
  deadline: number,
): Promise<ReadonlyMap<EvidenceTool, readonly Evidence[]>> {
  const seen = new Map<EvidenceTool, readonly Evidence[]>();
  for (const tool of tools) seen.set(tool, await runTool(tool, look, deadline));
  return seen;
}
