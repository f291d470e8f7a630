import type Anthropic from "@anthropic-ai/sdk";
import type { Block, ModelTurn, Usage } from "../../ports.ts";
import { costOf } from "./prices.ts";
import type { ToolNames } from "./toolNames.ts";
import type { AsItCame } from "./toWire.ts";

type Event = Anthropic.RawMessageStreamEvent;
type Delta = Anthropic.RawContentBlockDelta;

/** A content block while it grows; `json` is the text of a tool's input so far. */
interface Growing {
  readonly block: Anthropic.ContentBlock;
  json: string;
}

/** Puts a stream of events together. */
export interface Assembly {
  /** Takes the next event; returns the piece of text it brought, if any. */
  add(event: Event): string | undefined;
  /** The turn, once the stream has said how it ended; undefined when it broke off before. */
  turn(): ModelTurn | undefined;
}

/**
 * Starts with nothing. The SDK's own assembly is not used because it guesses at tool input that is cut off or malformed, and half
 * an edit must never look like a whole one: input that is not JSON is handed on as the text it is.
 */
export function assemble(names: ToolNames): Assembly {
  const blocks: (Growing | undefined)[] = [];
  let model = "";
  let usage: Usage = {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  };
  let stop: ModelTurn["stop"] | undefined;
  let complete = false;

  return {
    add(event) {
      switch (event.type) {
        case "message_start":
          model = event.message.model;
          usage = counted(usage, event.message.usage);
          return undefined;
        case "content_block_start":
          blocks[event.index] = { block: { ...event.content_block }, json: "" };
          return undefined;
        case "content_block_delta":
          return grow(blocks[event.index], event.delta);
        case "message_delta":
          usage = counted(usage, event.usage);
          stop = stopOf(event.delta.stop_reason);
          return undefined;
        case "message_stop":
          complete = true;
          return undefined;
        case "content_block_stop":
          return undefined;
      }
    },
    turn() {
      if (!complete || stop === undefined) return undefined;
      // Holes would be blocks the stream never started.
      const grown = blocks.filter((entry) => entry !== undefined);
      const content = grown
        .map((entry) => finished(entry))
        // Sent back, an empty text would be refused.
        .filter((block) => block.type !== "text" || block.text !== "");
      const opaque: AsItCame = { provider: "anthropic", content };
      return {
        message: {
          role: "assistant",
          content: grown.flatMap((entry) => toBlock(entry, names)),
          opaque,
        },
        stop,
        model,
        usage,
        microUsd: costOf(model, usage),
      };
    },
  };
}

function grow(growing: Growing | undefined, delta: Delta): string | undefined {
  const block = growing?.block;
  if (growing === undefined || block === undefined) return undefined;
  if (delta.type === "text_delta" && block.type === "text") {
    block.text += delta.text;
    return delta.text;
  }
  if (delta.type === "input_json_delta") growing.json += delta.partial_json;
  if (block.type === "thinking") {
    if (delta.type === "thinking_delta") block.thinking += delta.thinking;
    if (delta.type === "signature_delta") block.signature = delta.signature;
  }
  if (delta.type === "citations_delta" && block.type === "text")
    block.citations = [...(block.citations ?? []), delta.citation];
  return undefined;
}

/** The block as it is sent back. */
function finished(growing: Growing): Anthropic.ContentBlockParam {
  const { block } = growing;
  if (block.type !== "tool_use" && block.type !== "server_tool_use")
    return block;
  const input = inputOf(growing);
  return {
    ...block,
    // The API takes objects only; what was wrong is said in the tool's result.
    input: typeof input === "object" && input !== null ? input : {},
  };
}

function toBlock(growing: Growing, names: ToolNames): readonly Block[] {
  const { block } = growing;
  if (block.type === "text")
    return block.text === "" ? [] : [{ type: "text", text: block.text }];
  if (block.type === "tool_use")
    return [
      {
        type: "toolUse",
        id: block.id,
        name: names.fromWire(block.name),
        input: inputOf(growing),
      },
    ];
  return [];
}

function inputOf({ block, json }: Growing): unknown {
  if (json === "") return block.type === "tool_use" ? block.input : {};
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}

/** Counts in later events are totals and replace earlier ones; those that are left out stay. */
function counted(
  before: Usage,
  now: Anthropic.Usage | Anthropic.MessageDeltaUsage,
): Usage {
  const seen: Partial<typeof now> = now;
  return {
    inputTokens: seen.input_tokens ?? before.inputTokens,
    outputTokens: seen.output_tokens ?? before.outputTokens,
    cacheReadTokens: seen.cache_read_input_tokens ?? before.cacheReadTokens,
    cacheWriteTokens:
      seen.cache_creation_input_tokens ?? before.cacheWriteTokens,
  };
}

/** Reasons this version does not know end the turn like any other end: what was said stands. */
function stopOf(
  reason: Anthropic.StopReason | null,
): ModelTurn["stop"] | undefined {
  switch (reason) {
    case null:
      return undefined;
    case "tool_use":
      return "toolUse";
    case "max_tokens":
      return "maxTokens";
    case "pause_turn":
      return "pause";
    case "refusal":
      return "refusal";
    case "model_context_window_exceeded":
      return "contextFull";
    default:
      return "end";
  }
}
