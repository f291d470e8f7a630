import { asData, cut } from "../data.ts";
import { countOf, inputSchema, textOf, type Tool } from "./tool.ts";

const MAX_LINES = 2000;
const MAX_CHARACTERS = 60_000;

/** Reads a file, or a range of its lines, with line numbers. */
export const readFile: Tool = {
  spec: {
    name: "read_file",
    description: `Reads a text file with line numbers. At most ${String(MAX_LINES)} lines per call; use from and to for the rest.`,
    inputSchema: inputSchema(
      {
        path: { type: "string", description: "path below the root" },
        from: { type: "integer", minimum: 1, description: "first line" },
        to: { type: "integer", minimum: 1, description: "last line" },
      },
      ["path"],
    ),
  },
  needsWritable: false,
  prepare(input) {
    const path = textOf(input, "path");
    const from = countOf(input, "from") ?? 1;
    const to = countOf(input, "to") ?? from + MAX_LINES - 1;
    return {
      summary: `${path}:${String(from)}`,
      touches: [{ path, access: "read" }],
      async run({ workspace }) {
        const lines = (await workspace.read(path)).split("\n");
        if (lines.at(-1) === "") lines.pop();
        const last = Math.min(to, from + MAX_LINES - 1, lines.length);
        const shown = lines
          .slice(from - 1, last)
          .map((line, index) => `${String(from + index)}\t${line}`)
          .join("\n");
        const title = `${path}, lines ${String(from)}-${String(last)} of ${String(lines.length)}`;
        return {
          ok: true,
          text: asData(
            title,
            cut(shown, MAX_CHARACTERS, "ask for fewer lines."),
          ),
        };
      },
    };
  },
};
