import type Anthropic from "@anthropic-ai/sdk";
import type { Block, ModelMessage, ModelRequest } from "../../ports.ts";
import type { ChosenModel } from "./modelList.ts";
import type { ToolNames } from "./toolNames.ts";

type Content = Anthropic.ContentBlockParam;

/** The content of an answer exactly as it came, kept in {@link ModelMessage}'s `opaque`: thinking blocks count only when they are sent back unchanged. */
export interface AsItCame {
  readonly provider: "anthropic";
  readonly content: readonly Content[];
}

const CACHED = { type: "ephemeral" } as const;

/**
 * A request in the words of the Messages API. Order is tools, system, messages: what all agents share comes first and ends in a
 * cache mark, and so does the material at the start of the first message; a last mark at the end lets the next turn of the same conversation read what this one wrote.
 */
export function toWire(
  request: ModelRequest,
  model: ChosenModel,
  names: ToolNames,
): Anthropic.MessageCreateParamsStreaming {
  const { mustCall } = request;
  const forced = mustCall !== undefined && model.takesForcedTool;
  // The API refuses empty messages; a model that said nothing leaves one behind.
  const messages = request.messages
    .map((message) => messageOf(message, names))
    .filter(({ content }) => content.length > 0);
  // A model that cannot be forced can still be told.
  if (mustCall !== undefined && !forced)
    appendText(
      messages,
      `Answer by calling the tool ${names.toWire(mustCall)}.`,
    );
  markShared(messages);
  markLast(messages);
  return {
    model: model.id,
    max_tokens: request.maxTokens,
    stream: true,
    messages,
    ...(request.shared !== "" && {
      system: [{ type: "text", text: request.shared, cache_control: CACHED }],
    }),
    ...(request.tools.length > 0 && {
      tools: request.tools.map(({ name, description, inputSchema }) => ({
        name: names.toWire(name),
        description,
        input_schema: inputSchema as Anthropic.Tool.InputSchema,
      })),
    }),
    ...(forced && {
      tool_choice: {
        type: "tool",
        name: names.toWire(mustCall),
        disable_parallel_tool_use: true,
      },
      ...(model.turnsThinkingOff && { thinking: { type: "disabled" } }),
    }),
  };
}

function messageOf(
  message: ModelMessage,
  names: ToolNames,
): { role: "user" | "assistant"; content: Content[] } {
  if (isAsItCame(message.opaque))
    return { role: message.role, content: [...message.opaque.content] };
  // The API wants results before anything else said in the same message.
  const results = message.content.filter(({ type }) => type === "toolResult");
  const others = message.content.filter(({ type }) => type !== "toolResult");
  return {
    role: message.role,
    content: [...results, ...others].flatMap((block) => blockOf(block, names)),
  };
}

function blockOf(block: Block, names: ToolNames): readonly Content[] {
  switch (block.type) {
    case "text":
      // Empty texts are refused by the API and say nothing.
      return block.text.trim() === ""
        ? []
        : [{ type: "text", text: block.text }];
    case "toolUse":
      return [
        {
          type: "tool_use",
          id: block.id,
          name: names.toWire(block.name),
          // Input that was no JSON cannot be sent back; the tool's answer says what was wrong with it.
          input: isObject(block.input) ? block.input : {},
        },
      ];
    case "toolResult":
      return [
        {
          type: "tool_result",
          tool_use_id: block.toolUseId,
          content: block.text,
          is_error: block.isError,
        },
      ];
  }
}

function appendText(
  messages: { role: "user" | "assistant"; content: Content[] }[],
  text: string,
): void {
  const last = messages.at(-1);
  if (last?.role === "user") last.content.push({ type: "text", text });
  else messages.push({ role: "user", content: [{ type: "text", text }] });
}

/** A first message of several blocks begins with the material that all agents with the same work read: five ballots then pay for it once. */
function markShared(
  messages: { role: "user" | "assistant"; content: Content[] }[],
): void {
  const first = messages[0];
  const [block, ...rest] = first?.content ?? [];
  if (first?.role === "user" && block?.type === "text" && rest.length > 0)
    first.content[0] = { ...block, cache_control: CACHED };
}

function markLast(
  messages: { role: "user" | "assistant"; content: Content[] }[],
): void {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== "user") return;
  if (block?.type === "text" || block?.type === "tool_result")
    last.content[last.content.length - 1] = { ...block, cache_control: CACHED };
}

function isAsItCame(value: unknown): value is AsItCame {
  return (
    isObject(value) &&
    value["provider"] === "anthropic" &&
    Array.isArray(value["content"])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
