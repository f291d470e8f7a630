import { commandOutput } from "./commandOutput.ts";
import { inputSchema, type Tool, type ToolContext } from "./tool.ts";

const COMPILER = "node_modules/typescript/bin/tsc";
const ARGV = ["node", COMPILER, "--noEmit", "--pretty", "false"] as const;
const TYPE_CHECK_MS = 5 * 60_000;

/** Type-checks the worktree with the project's own compiler, where it has one. */
export const diagnostics: Tool = {
  spec: {
    name: "diagnostics",
    description:
      "Type-checks the worktree with the project's own TypeScript. Says NOT_RUN where the project has none; that is not a pass.",
    inputSchema: inputSchema({}, []),
  },
  needsWritable: true,
  prepare: () => ({
    summary: "type check",
    touches: [],
    argv: ARGV,
    async run(context) {
      for (const path of ["tsconfig.json", COMPILER])
        if (!(await isThere(context, path)))
          return {
            ok: true,
            text: `NOT_RUN: there is no ${path} in the worktree, so nothing was type-checked.`,
          };
      const result = await context.runCommand(
        ARGV,
        TYPE_CHECK_MS,
        "type-check the worktree",
        context.signal,
      );
      return commandOutput(ARGV, result);
    },
  }),
};

async function isThere(
  { workspace }: ToolContext,
  path: string,
): Promise<boolean> {
  try {
    await workspace.read(path);
    return true;
  } catch {
    // Unreadable is as good as absent: either way nothing can be checked with it.
    return false;
  }
}
