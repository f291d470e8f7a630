import { asData } from "../data.ts";
import { inputSchema, textOf, type Tool } from "./tool.ts";

const MAX_FILES = 1000;

/** Lists files by glob. */
export const listFiles: Tool = {
  spec: {
    name: "list_files",
    description: `Lists files below the root that match a glob such as src/**/*.ts; at most ${String(MAX_FILES)}.`,
    inputSchema: inputSchema(
      { glob: { type: "string", description: "**/* when left out" } },
      [],
    ),
  },
  needsWritable: false,
  prepare(input) {
    const glob = textOf(input, "glob", "**/*");
    return {
      summary: glob,
      touches: [],
      async run({ workspace }) {
        const paths = await workspace.list(glob);
        const shown = paths.slice(0, MAX_FILES);
        const rest = paths.length - shown.length;
        return {
          ok: true,
          text: asData(
            `files matching ${glob}`,
            [
              ...shown,
              ...(rest > 0
                ? [`… ${String(rest)} more; use a narrower glob.`]
                : []),
            ].join("\n") || "(none)",
          ),
        };
      },
    };
  },
};
