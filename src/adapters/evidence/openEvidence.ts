import type { Evidence } from "../../protocol/consensus.ts";
import type { EvidenceTools } from "../../ports.ts";
import { changedFiles } from "./changedFiles.ts";
import { runTool } from "./runTool.ts";
import type { EvidenceTool, Look } from "./tool.ts";
import { tools as allTools } from "./tools.ts";

/** Most time all tools together may take, s, unless the settings say otherwise. */
const SECONDS = 120;

/**
 * The deterministic tools, run side by side; those that run commands one after another. A tool that breaks is an ERROR on the record, one
 * whose time is over is NOT_RUN: never a pass. `seconds` bounds all but the project's own checks, whose commands have a limit each.
 */
export function openEvidence(
  options: {
    readonly seconds?: number;
    readonly tools?: readonly EvidenceTool[];
  } = {},
): EvidenceTools {
  const { seconds = SECONDS, tools = allTools() } = options;
  return {
    gather: async (input, run, signal) => {
      const look = { ...(await changedFiles(input)), input, run, signal };
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

async function runInTurn(
  tools: readonly EvidenceTool[],
  look: Look,
  deadline: number,
): Promise<ReadonlyMap<EvidenceTool, readonly Evidence[]>> {
  const seen = new Map<EvidenceTool, readonly Evidence[]>();
  for (const tool of tools) seen.set(tool, await runTool(tool, look, deadline));
  return seen;
}
