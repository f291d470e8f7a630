import type { CommandResult } from "../../ports.ts";
import { asData } from "../data.ts";
import type { ToolOutput } from "./tool.ts";

const MAX_CHARACTERS = 30_000;

/** How a command ended, as a tool says it; what never ran never looks like a pass. */
export function commandOutput(
  argv: readonly string[],
  result: CommandResult | undefined,
): ToolOutput {
  const line = argv.join(" ");
  if (result === undefined)
    return { ok: false, text: `NOT_RUN: \`${line}\` was not allowed to run.` };
  const ending = result.timedOut
    ? "was ended because it took too long"
    : `ended with exit code ${String(result.exitCode ?? "none (killed)")}`;
  // What went wrong is said at the end of the output.
  const { output } = result;
  const tail =
    output.length <= MAX_CHARACTERS
      ? output
      : `… ${String(output.length - MAX_CHARACTERS)} earlier characters are not shown\n${output.slice(-MAX_CHARACTERS)}`;
  return {
    ok: !result.timedOut && result.exitCode === 0,
    text: `\`${line}\` ${ending} after ${String(result.durationMs)} ms.\n${asData("output", tail)}`,
    ...(!result.timedOut &&
      result.exitCode !== null && { exitCode: result.exitCode }),
  };
}
