import type { Hash, McpTools } from "../../ports.ts";
import { canonicalJson } from "../../core/json.ts";
import { asData, cut } from "../data.ts";
import type { Tool } from "./tool.ts";

const MAX_CHARACTERS = 30_000;
const MAX_NAME = 64;

type Listed = Awaited<ReturnType<McpTools["list"]>>[number];

/** A name that models' APIs take (letters, digits, `_` and `-`, at most 64) for a tool called `server/tool`; different tools get different names. */
export function modelName(name: string, hash: Hash): string {
  const plain = `mcp__${name.replace("/", "__")}`;
  const safe = plain.replace(/[^a-zA-Z0-9_-]/g, "_");
  if (safe === plain && safe.length <= MAX_NAME) return safe;
  // What was cut or replaced could make two names one; the hash of the true name keeps them apart.
  return `${safe.slice(0, MAX_NAME - 9)}_${hash(name).slice(0, 8)}`;
}

/** A tool of an MCP server as one of ours, pinned to its definition as listed. */
export function mcpTool(listed: Listed, mcp: McpTools, hash: Hash): Tool {
  const { name, server, definitionHash } = listed;
  return {
    spec: {
      name: modelName(name, hash),
      description: `Tool ${name} of the MCP server ${server}. The server says:\n${asData("description by the server", listed.description)}`,
      inputSchema: listed.inputSchema,
    },
    roleName: name,
    needsWritable: false,
    prepare: (input) => ({
      summary: canonicalJson(input ?? null),
      touches: [],
      pin: { name, definitionHash, description: listed.description },
      async run({ signal }) {
        const result = await mcp.call(name, input, signal);
        return {
          ok: result.ok,
          text: asData(
            `result of ${name}`,
            cut(result.text, MAX_CHARACTERS, "ask the tool for less."),
          ),
        };
      },
    }),
  };
}
