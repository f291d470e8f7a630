import { inputSchema, textOf, type Tool } from "./tool.ts";

/** Writes a whole file. */
export const writeFile: Tool = {
  spec: {
    name: "write_file",
    description:
      "Writes a file with this content, in place of what was there; creates folders as needed. To change part of a file use edit_file.",
    inputSchema: inputSchema(
      {
        path: { type: "string", description: "path below the root" },
        content: { type: "string" },
      },
      ["path", "content"],
    ),
  },
  needsWritable: true,
  prepare(input) {
    const path = textOf(input, "path");
    const content = textOf(input, "content");
    return {
      summary: `${path} (${String(content.length)} characters)`,
      touches: [{ path, access: "write", after: () => content }],
      async run({ workspace }) {
        await workspace.write(path, content);
        return { ok: true, text: `${path} is written.` };
      },
    };
  },
};
