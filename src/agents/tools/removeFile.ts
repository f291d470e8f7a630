import { inputSchema, textOf, type Tool } from "./tool.ts";

/** Removes a file. */
export const removeFile: Tool = {
  spec: {
    name: "remove_file",
    description: "Removes one file.",
    inputSchema: inputSchema(
      { path: { type: "string", description: "path below the root" } },
      ["path"],
    ),
  },
  needsWritable: true,
  prepare(input) {
    const path = textOf(input, "path");
    return {
      summary: path,
      touches: [{ path, access: "write" }],
      async run({ workspace }) {
        await workspace.remove(path);
        return { ok: true, text: `${path} is removed.` };
      },
    };
  },
};
