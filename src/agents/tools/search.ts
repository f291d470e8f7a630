import { rulePath } from "../../core/policy.ts";
import { asData, cut } from "../data.ts";
import { inputSchema, textOf, type Tool } from "./tool.ts";

const MAX_HITS = 200;
const MAX_LINE = 400;

/** Searches file contents. */
export const search: Tool = {
  spec: {
    name: "search",
    description: `Searches the files below the root with a regular expression, line by line; at most ${String(MAX_HITS)} hits.`,
    inputSchema: inputSchema(
      {
        pattern: { type: "string", description: "regular expression" },
        glob: { type: "string", description: "**/* when left out" },
      },
      ["pattern"],
    ),
  },
  needsWritable: false,
  prepare(input) {
    const pattern = textOf(input, "pattern");
    const glob = textOf(input, "glob", "**/*");
    return {
      summary: `${pattern} in ${glob}`,
      touches: [],
      async run({ workspace }) {
        const found = await workspace.search(pattern, glob);
        // Files one would be asked about are not searched on the quiet.
        const hits = found.filter(
          ({ path }) => rulePath(path, "read").ruling === "allow",
        );
        const shown = hits
          .slice(0, MAX_HITS)
          .map(
            ({ path, line, text }) =>
              `${path}:${String(line)}: ${cut(text, MAX_LINE, "read the file.")}`,
          );
        const rest = hits.length - shown.length;
        return {
          ok: true,
          text: asData(
            `lines matching ${pattern}`,
            [
              ...shown,
              ...(rest > 0
                ? [`… ${String(rest)} more; use a narrower glob or pattern.`]
                : []),
            ].join("\n") || "(none)",
          ),
        };
      },
    };
  },
};
