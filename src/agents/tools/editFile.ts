import { inputSchema, textOf, ToolMisuse, type Tool } from "./tool.ts";

/** Replaces one exact piece of text in a file. */
export const editFile: Tool = {
  spec: {
    name: "edit_file",
    description:
      "Replaces the text old by the text new in a file. old must occur exactly once, to the letter; add lines around it until it does.",
    inputSchema: inputSchema(
      {
        path: { type: "string", description: "path below the root" },
        old: { type: "string", minLength: 1 },
        new: { type: "string" },
      },
      ["path", "old", "new"],
    ),
  },
  needsWritable: true,
  prepare(input) {
    const path = textOf(input, "path");
    const oldText = textOf(input, "old");
    const newText = textOf(input, "new");
    if (oldText === "") throw new ToolMisuse('"old" must not be empty.');
    return {
      summary: path,
      touches: [
        {
          path,
          access: "write",
          after: (before) => before?.split(oldText).join(newText),
        },
      ],
      async run({ workspace }) {
        const text = await workspace.read(path);
        const [before, ...rest] = text.split(oldText);
        if (rest.length !== 1)
          return {
            ok: false,
            text: `The old text occurs ${String(rest.length)} times in ${path}, not once; nothing was changed.`,
          };
        await workspace.write(
          path,
          `${before ?? ""}${newText}${rest[0] ?? ""}`,
        );
        return { ok: true, text: `${path} is changed.` };
      },
    };
  },
};
