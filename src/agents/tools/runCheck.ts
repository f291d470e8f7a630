import { commandOutput } from "./commandOutput.ts";
import { inputSchema, textsOf, type Tool } from "./tool.ts";

/** Longest a check may take, ms. */
const CHECK_MS = 10 * 60_000;

/** Runs a command that checks the project; the gate asks for anything that is not one of the work's checks. */
export const runCheck: Tool = {
  spec: {
    name: "run_check",
    description:
      "Runs one of the checks you were given, as an argument vector without a shell, in the worktree. Anything else is asked of the human and mostly refused.",
    inputSchema: inputSchema(
      {
        argv: {
          type: "array",
          items: { type: "string" },
          minItems: 1,
          description: 'for example ["npm", "test"]',
        },
      },
      ["argv"],
    ),
  },
  needsWritable: true,
  prepare(input) {
    const argv = textsOf(input, "argv");
    return {
      summary: argv.join(" "),
      touches: [],
      argv,
      async run(context) {
        const result = await context.runCommand(
          argv,
          CHECK_MS,
          "run a check of the project",
          context.signal,
        );
        return commandOutput(argv, result);
      },
    };
  },
};
