import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/json.ts";
import type { PromptTokens } from "./promptCache.ts";
import type { ScriptRequest, Speech } from "./turn.ts";

type Data = Readonly<Record<string, unknown>>;

/** A whole answer as the Messages API gives it without streaming. Ids are made from the request, so the same request gets the same words. */
export function messageOf(
  request: ScriptRequest,
  speech: Speech,
  prompt: PromptTokens,
): Data {
  return {
    ...emptyMessage(request, usageOf(speech, prompt)),
    content: blocksOf(request, speech).map(({ block }) => block),
    stop_reason: stopOf(speech),
    stop_details: stopDetails(speech),
  };
}

/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: Data;
}

/** The same answer as the events of a stream, text and tool input in small pieces. */
export function eventsOf(
  request: ScriptRequest,
  speech: Speech,
  prompt: PromptTokens,
): readonly ServerEvent[] {
  const usage = usageOf(speech, prompt);
  return [
    sent("message_start", {
      message: emptyMessage(request, { ...usage, output_tokens: 1 }),
    }),
    sent("ping", {}),
    ...blocksOf(request, speech).flatMap(({ start, deltas }, index) => [
      sent("content_block_start", { index, content_block: start }),
      ...deltas.map((delta) => sent("content_block_delta", { index, delta })),
      sent("content_block_stop", { index }),
    ]),
    sent("message_delta", {
      delta: {
        container: null,
        stop_reason: stopOf(speech),
        stop_sequence: null,
        stop_details: stopDetails(speech),
      },
      usage,
    }),
    sent("message_stop", {}),
  ];
}

/** An error body as the API sends it, with or without a stream. */
export function errorOf(type: string, message: string): Data {
  return { type: "error", error: { type, message, details: null } };
}

function sent(type: string, fields: Data): ServerEvent {
  return { event: type, data: { type, ...fields } };
}

interface SpokenBlock {
  readonly block: Data;
  readonly start: Data;
  readonly deltas: readonly Data[];
}

function blocksOf(
  request: ScriptRequest,
  speech: Speech,
): readonly SpokenBlock[] {
  const { thinking, text, calls = [] } = speech;
  const blocks: SpokenBlock[] = [];
  if (thinking !== undefined) {
    const signature = idOf("sig", request, thinking);
    blocks.push({
      block: { type: "thinking", thinking, signature },
      start: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        { type: "thinking_delta", thinking },
        { type: "signature_delta", signature },
      ],
    });
  }
  if (text !== undefined)
    blocks.push({
      block: { type: "text", text, citations: null },
      start: { type: "text", text: "", citations: null },
      deltas: pieces(text, 2).map((piece) => ({
        type: "text_delta",
        text: piece,
      })),
    });
  calls.forEach(({ name, input, rawInput }, index) => {
    const call = {
      type: "tool_use",
      id: idOf("toolu", request, String(index)),
      name,
      caller: { type: "direct" },
    };
    blocks.push({
      block: { ...call, input: input ?? {} },
      start: { ...call, input: {} },
      deltas: pieces(rawInput ?? JSON.stringify(input ?? {}), 12).map(
        (piece) => ({ type: "input_json_delta", partial_json: piece }),
      ),
    });
  });
  return blocks;
}

/** Groups of `words` words with the spaces that follow them; joined they are the text. */
function pieces(text: string, words: number): readonly string[] {
  const all = text.split(/(?<=\s)(?=\S)/);
  return Array.from({ length: Math.ceil(all.length / words) }, (_, index) =>
    all.slice(index * words, (index + 1) * words).join(""),
  );
}

function emptyMessage(request: ScriptRequest, usage: Data): Data {
  return {
    id: idOf("msg", request, ""),
    type: "message",
    role: "assistant",
    model: request.model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage,
  };
}

function stopOf(speech: Speech): string {
  return speech.stop ?? (speech.calls?.length ? "tool_use" : "end_turn");
}

function stopDetails(speech: Speech): Data | null {
  return speech.stop === "refusal"
    ? { type: "refusal", category: null, explanation: null }
    : null;
}

/** Counts as the API gives them: four characters to a token, unless the script says otherwise. */
function usageOf(speech: Speech, prompt: PromptTokens): Data {
  const counts = speech.usage ?? {
    ...prompt,
    output: Math.ceil(JSON.stringify(speech).length / 4),
  };
  return {
    input_tokens: counts.input,
    output_tokens: counts.output,
    cache_read_input_tokens: counts.cacheRead,
    cache_creation_input_tokens: counts.cacheWrite,
    cache_creation: null,
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: "standard",
    speed: "standard",
  };
}

function idOf(kind: string, request: ScriptRequest, salt: string): string {
  const digest = createHash("sha256")
    .update(canonicalJson(request.body))
    .update(`\n${kind}\n${salt}`)
    .digest("hex");
  return `${kind}_${digest.slice(0, 24)}`;
}
