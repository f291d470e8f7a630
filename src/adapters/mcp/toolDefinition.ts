import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject } from "../../core/json.ts";

/** A tool as its server defines it. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  /** SHA-256 of the whole definition as it came, members we do not know included: any change shows. */
  readonly definitionHash: string;
}

/** Reads one entry of a server's list; undefined when it is no tool. */
export function readDefinition(raw: unknown): ToolDefinition | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { name, description, inputSchema } = raw as Readonly<
    Record<string, unknown>
  >;
  if (typeof name !== "string" || !/^[\w.-]{1,128}$/.test(name))
    return undefined;
  if (typeof inputSchema !== "object" || inputSchema === null) return undefined;
  return {
    name,
    description: typeof description === "string" ? description : "",
    // It came as JSON, so it is JSON.
    inputSchema: inputSchema as JsonObject,
    definitionHash: createHash("sha256")
      .update(canonicalJson(raw))
      .digest("hex"),
  };
}
