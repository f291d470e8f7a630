import type { Part, ScriptRequest, ScriptResult } from "./turn.ts";

type Data = Readonly<Record<string, unknown>>;

/** Reads the body of `POST /v1/messages` the way a script needs it; undefined when it is no such body. */
export function readRequest(body: unknown): ScriptRequest | undefined {
  if (!isData(body) || typeof body["model"] !== "string") return undefined;
  const messages = list(body["messages"]);
  const opening = text(messages[0]?.["content"]);
  if (messages.length === 0) return undefined;
  const choice = isData(body["tool_choice"]) ? body["tool_choice"] : {};
  return {
    model: body["model"],
    brief: `${text(body["system"])}\n${opening}`,
    part: readPart(opening),
    turn: messages.filter(({ role }) => role === "assistant").length,
    results: readResults(messages),
    tools: list(body["tools"]).map(({ name }) => String(name)),
    mustCall:
      choice["type"] === "tool" && typeof choice["name"] === "string"
        ? choice["name"]
        : undefined,
    body,
  };
}

/** The last block "## Your part" of a text: everything before it may quote anything. */
export function readPart(opening: string): Part | undefined {
  const at = opening.lastIndexOf("## Your part\n");
  if (at < 0) return undefined;
  const fields = new Map(
    [...opening.slice(at).matchAll(/^([a-z]+): *(.*)$/gm)]
      .map(([, key, value]) => [key ?? "", (value ?? "").trim()] as const)
      // The first of a name counts: the role's instructions come after the block.
      .reverse(),
  );
  const role = fields.get("role");
  const work = fields.get("work");
  if (role === undefined || work === undefined) return undefined;
  return {
    role,
    work,
    attempt: Number(fields.get("attempt")) || 1,
    round: Number(fields.get("round")) || 0,
    subject: fields.get("subject") ?? "-",
    step: fields.get("step") ?? "-",
  };
}

function readResults(messages: readonly Data[]): readonly ScriptResult[] {
  const blocks = messages.flatMap(({ content }) => list(content));
  const tools = new Map(
    blocks
      .filter(({ type }) => type === "tool_use")
      .map(({ id, name }) => [String(id), String(name)]),
  );
  return blocks
    .filter(({ type }) => type === "tool_result")
    .map((block) => ({
      tool: tools.get(String(block["tool_use_id"])) ?? "",
      text: text(block["content"]),
      isError: block["is_error"] === true,
    }));
}

/** The text of a string or of a list of blocks. */
function text(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((block) => (typeof block["text"] === "string" ? block["text"] : ""))
    .join("\n");
}

function list(value: unknown): readonly Data[] {
  return Array.isArray(value) ? value.filter(isData) : [];
}

function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
