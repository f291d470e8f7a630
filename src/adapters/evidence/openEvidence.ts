import type { Evidence } from "../../protocol/consensus.ts";
import type { EvidenceTools } from "../../ports.ts";
import { addedLines, isCut } from "./addedLines.ts";
import { checks } from "./checks.ts";
import { conflictMarkers } from "./conflictMarkers.ts";
import { dangerousCalls } from "./dangerousCalls.ts";
import { missingTests } from "./missingTests.ts";
import { secrets } from "./secrets.ts";
import { size } from "./size.ts";
import type { EvidenceTool, Look } from "./tool.ts";

const TOOLS: readonly EvidenceTool[] = [
  checks,
  secrets,
  conflictMarkers,
  dangerousCalls,
  missingTests,
  size,
];

/** The deterministic tools, run side by side. A tool that breaks is an ERROR on the record, never a pass. */
export function openEvidence(
  tools: readonly EvidenceTool[] = TOOLS,
): EvidenceTools {
  return {
    gather: async (input, run, signal) => {
      const look = {
        input,
        added: addedLines(input.diff),
        cut: isCut(input.diff),
        run,
        signal,
      };
      const seen = await Promise.all(tools.map((tool) => runTool(tool, look)));
      return seen.flat();
    },
  };
}

async function runTool(
  tool: EvidenceTool,
  look: Look,
): Promise<readonly Evidence[]> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  const { name, required } = tool;
  try {
    const seen = await tool.look(look);
    return seen.map((one) => ({
      id: name,
      ...one,
      tool: name,
      required,
      durationMs: took(),
    }));
  } catch (error) {
    look.signal.throwIfAborted();
    return [
      {
        id: name,
        tool: name,
        status: "ERROR",
        required,
        summary:
          `The tool broke: ${error instanceof Error ? error.message : String(error)}`.slice(
            0,
            2000,
          ),
        findings: [],
        durationMs: took(),
      },
    ];
  }
}
