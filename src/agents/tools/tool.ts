import type { ToolSpec, Workspace } from "../../ports.ts";
import type { Work } from "../../protocol/work.ts";
import type { JsonObject } from "../../core/json.ts";
import type { PinnedTool } from "../../core/policy.ts";
import type { RunCommand } from "../commandGate.ts";

/** What a tool may use while it runs. */
export interface ToolContext {
  readonly work: Work;
  readonly agentId: string;
  readonly workspace: Workspace;
  readonly runCommand: RunCommand;
  readonly signal: AbortSignal;
}

/** What a tool says; a "no" is a value the model can work with. */
export interface ToolOutput {
  readonly ok: boolean;
  readonly text: string;
  /** How the command ended that it ran to its end, if any. */
  readonly exitCode?: number;
}

/** A file the call would look at or change. */
export interface Touch {
  readonly path: string;
  readonly access: "read" | "write";
  /** For writes: the file's text afterwards, given the one before (undefined where there is none). */
  after?(before: string | undefined): string | undefined;
}

/** A call that is understood and not yet made. */
export interface PreparedCall {
  /** Short account for people; secrets are taken out later. */
  readonly summary: string;
  readonly touches: readonly Touch[];
  /** A command it would run, for the gate to judge. */
  readonly argv?: readonly string[];
  /** For tools of MCP servers: the definition a person has to allow, and what it says. */
  readonly pin?: PinnedTool & { readonly description: string };
  run(context: ToolContext): Promise<ToolOutput>;
}

/** Something an agent can do in its workspace. */
export interface Tool {
  readonly spec: ToolSpec;
  /** Name in role files when it differs from the model's: `server/tool`. */
  readonly roleName?: string;
  /** Tools that change files or run things are offered for writable work only. */
  readonly needsWritable: boolean;
  /** Understands the input; throws {@link ToolMisuse} when it does not fit. */
  prepare(input: unknown): PreparedCall;
}

/** The input of a call does not fit; the message is for the model. */
export class ToolMisuse extends Error {
  override readonly name = "ToolMisuse";
}

/** A JSON Schema for an object with these members, all others refused. */
export function inputSchema(
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[],
): JsonObject {
  return { type: "object", properties, required, additionalProperties: false };
}

/** A text member of the input; `fallback` when it is absent. Throws {@link ToolMisuse}. */
export function textOf(
  input: unknown,
  name: string,
  fallback?: string,
): string {
  const value = memberOf(input, name) ?? fallback;
  if (typeof value === "string") return value;
  throw new ToolMisuse(`"${name}" must be a text.`);
}

/** A whole number from 1 in the input; undefined when it is absent. Throws {@link ToolMisuse}. */
export function countOf(input: unknown, name: string): number | undefined {
  const value = memberOf(input, name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1)
    return value;
  throw new ToolMisuse(`"${name}" must be a whole number from 1.`);
}

/** A list of texts in the input, at least one. Throws {@link ToolMisuse}. */
export function textsOf(input: unknown, name: string): readonly string[] {
  const value = memberOf(input, name);
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item): item is string => typeof item === "string")
  )
    return value;
  throw new ToolMisuse(`"${name}" must be a list of texts, at least one.`);
}

function memberOf(input: unknown, name: string): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new ToolMisuse("The input must be an object.");
  return Object.hasOwn(input, name)
    ? (input as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
