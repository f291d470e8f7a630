import { createHash } from "node:crypto";

type Data = Readonly<Record<string, unknown>>;

/** Tokens of one prompt: read from the cache, written to it, and the rest. */
export interface PromptTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A request that has come in. */
export interface Counted {
  readonly tokens: PromptTokens;
  /** To be called when the first words of its answer go out: from then on others find what it wrote. */
  heard(): void;
}

/** What prompts have in common, counted as the Messages API counts it. */
export interface PromptCache {
  /** Counts the prompt of a request's body. */
  count(body: Data): Counted;
}

/** How long a beginning is kept after its last use, ms. */
const KEPT_MS = 5 * 60 * 1000;
/** Shorter beginnings are not kept, tokens. */
const LEAST = 1024;
/** Blocks before a mark in which an earlier mark's beginning is looked for. */
const LOOK_BACK = 20;
const CHARACTERS_PER_TOKEN = 4;

/** One block of a prompt with everything before it. */
interface Beginning {
  /** Of the model and every byte up to here. */
  readonly hash: string;
  readonly tokens: number;
  readonly marked: boolean;
}

/**
 * An empty cache. Per model and to the byte: tools, then system, then messages; kept up to each `cache_control` mark from the first words
 * of the answer on, for five minutes after the last use. Requests that are under way at the same time pay for it each. `now` is ms.
 */
export function createPromptCache(now: () => number = Date.now): PromptCache {
  const until = new Map<string, number>();
  return {
    count(body) {
      const all = beginnings(body);
      const at = now();
      for (const [hash, end] of until) if (end <= at) until.delete(hash);
      const lastMark = all.findLastIndex(({ marked }) => marked);
      const found = all.findLastIndex(
        ({ hash }, index) => until.has(hash) && isNearMark(all, index),
      );
      const total = all.at(-1)?.tokens ?? 0;
      const cacheRead = all[found]?.tokens ?? 0;
      const marked = all[lastMark]?.tokens ?? 0;
      const kept = marked < LEAST ? cacheRead : Math.max(marked, cacheRead);
      return {
        tokens: {
          input: total - kept,
          cacheRead,
          cacheWrite: kept - cacheRead,
        },
        heard() {
          const end = now() + KEPT_MS;
          for (const { hash, tokens, marked: isMark } of all)
            if (isMark && tokens >= LEAST) until.set(hash, end);
        },
      };
    },
  };
}

function isNearMark(all: readonly Beginning[], index: number): boolean {
  return all.slice(index, index + LOOK_BACK + 1).some(({ marked }) => marked);
}

function beginnings(body: Data): readonly Beginning[] {
  let hash = createHash("sha256").update(String(body["model"])).digest("hex");
  let characters = 0;
  return blocksOf(body).map(({ place, block }) => {
    const { cache_control: mark, ...content } = block;
    const text = `${place}${JSON.stringify(content)}`;
    hash = createHash("sha256").update(`${hash}\n${text}`).digest("hex");
    characters += text.length;
    return {
      hash,
      tokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
      marked: mark !== undefined && mark !== null,
    };
  });
}

/** A prompt's blocks in the order in which the API reads them. */
function blocksOf(
  body: Data,
): readonly { readonly place: string; readonly block: Data }[] {
  // Another choice of tools or of thinking keeps tools and system, and nothing after them.
  const how = JSON.stringify({
    choice: body["tool_choice"] ?? null,
    thinking: body["thinking"] ?? null,
  });
  return [
    ...contentOf(body["tools"]).map((block) => ({ place: "tool", block })),
    ...contentOf(body["system"]).map((block) => ({ place: "system", block })),
    ...contentOf(body["messages"]).flatMap((message, index) =>
      contentOf(message["content"]).map((block) => ({
        place: `${index === 0 ? how : ""}${String(message["role"])}`,
        block,
      })),
    ),
  ];
}

function contentOf(content: unknown): readonly Data[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content)
    ? content.filter(
        (block): block is Data => typeof block === "object" && block !== null,
      )
    : [];
}
