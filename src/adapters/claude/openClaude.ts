import type Anthropic from "@anthropic-ai/sdk";
import type * as Sdk from "@anthropic-ai/sdk";
import { RoundtableError } from "../../core/errors.ts";
import type { Clock, ModelRequest, Models, Tier } from "../../ports.ts";
import { BrokenOff, toModelProblem } from "./failure.ts";
import { assemble } from "./fromWire.ts";
import { chooseModel } from "./modelList.ts";
import type { ChosenModel } from "./modelList.ts";
import { mostOf } from "./prices.ts";
import { raceSignal } from "./raceSignal.ts";
import { watchSilence } from "./silence.ts";
import { toolNames } from "./toolNames.ts";
import { toWire } from "./toWire.ts";

/** What it takes to talk to Claude or to anything that speaks the same API. */
export interface ClaudeOptions {
  readonly apiKey: string;
  /** Anthropic's own when left out or empty; the environment is not asked. The key goes there and nowhere else: redirects are not followed. */
  readonly baseUrl?: string;
  /** A model's id, or a family such as `opus` for its newest model. */
  readonly tiers: Readonly<Record<Tier, string>>;
  readonly clock: Clock;
  /** Longest time without a sign of life, ms; 180,000 by default. */
  readonly timeoutMs?: number;
  /** What events and people call it; `claude` by default. */
  readonly provider?: string;
}

const ANTHROPIC = "https://api.anthropic.com";
/** How long a list of models is believed, ms. */
const LIST_MS = 60 * 60 * 1000;
/** Tokens of the API's own words around tools and messages, generously. */
const OVERHEAD_TOKENS = 2_000;

/** Claude as {@link Models}. Loads the SDK with the first call; sends nothing before. */
export function openClaude(options: ClaudeOptions): Models {
  const { apiKey, tiers, clock, timeoutMs = 180_000 } = options;
  const baseUrl =
    options.baseUrl === undefined || options.baseUrl === ""
      ? ANTHROPIC
      : options.baseUrl;
  let opened:
    | Promise<{ readonly sdk: typeof Sdk; readonly client: Anthropic }>
    | undefined;
  let listed:
    | { readonly at: number; readonly models: Promise<Anthropic.ModelInfo[]> }
    | undefined;

  const open = (): NonNullable<typeof opened> =>
    (opened ??= import("@anthropic-ai/sdk").then((sdk) => ({
      sdk,
      client: new sdk.default({
        apiKey,
        baseURL: baseUrl,
        timeout: timeoutMs,
        logLevel: "off",
        openTelemetry: false,
        fetchOptions: { redirect: "error" },
      }),
    })));

  const fetchList = async (): Promise<Anthropic.ModelInfo[]> => {
    const { sdk, client } = await open();
    const models: Anthropic.ModelInfo[] = [];
    try {
      for await (const model of client.models.list(
        { limit: 1000 },
        { timeout: Math.min(timeoutMs, 30_000) },
      ))
        models.push(model);
    } catch (error) {
      // Compatible endpoints need not have a list.
      if (error instanceof sdk.NotFoundError) return [];
      throw toModelProblem(error, { sdk, apiKey, baseUrl });
    }
    return models;
  };

  const list = async (signal: AbortSignal): Promise<Anthropic.ModelInfo[]> => {
    if (listed === undefined || clock.now() - listed.at > LIST_MS) {
      // Shared by all callers, so no single caller's signal ends it.
      const models = fetchList();
      const entry = { at: clock.now(), models };
      listed = entry;
      models.catch(() => {
        if (listed === entry) listed = undefined;
      });
    }
    return raceSignal(listed.models, signal);
  };

  const choose = async (
    tier: Tier,
    signal: AbortSignal,
  ): Promise<ChosenModel> => {
    signal.throwIfAborted();
    if (apiKey === "")
      throw new RoundtableError(
        "bad-key",
        "There is no API key.",
        "Nothing was sent. Set a key, then resume the mission.",
      );
    return chooseModel(await list(signal), tiers[tier]);
  };

  return {
    provider: options.provider ?? "claude",

    async lineage(tier, signal) {
      return (await choose(tier, signal)).id;
    },

    async worstCase(request, signal) {
      const { id } = await choose(request.tier, signal);
      return mostOf(id, mostTokens(request), request.maxTokens);
    },

    async turn(request, signal, onText) {
      const model = await choose(request.tier, signal);
      const { sdk, client } = await open();
      const names = toolNames(request.tools.map(({ name }) => name));
      const watch = watchSilence(clock, timeoutMs, signal);
      try {
        const stream = await client.messages.create(
          toWire(request, model, names),
          { signal: watch.signal },
        );
        const assembly = assemble(names);
        for await (const event of unlessBroken(stream, sdk)) {
          watch.heard();
          if (event.type === "message_start") onText("");
          const text = assembly.add(event);
          if (text !== undefined) onText(text);
        }
        watch.signal.throwIfAborted();
        const turn = assembly.turn();
        if (turn === undefined) throw new BrokenOff("no end of the message");
        return turn;
      } catch (error) {
        signal.throwIfAborted();
        throw toModelProblem(
          watch.signal.aborted ? watch.signal.reason : error,
          { sdk, apiKey, baseUrl },
        );
      } finally {
        watch.stop();
      }
    },
  };
}

/** The stream's events. A connection that dies in between shows as whatever the runtime throws then: that becomes {@link BrokenOff}. */
async function* unlessBroken<T>(
  stream: AsyncIterable<T>,
  sdk: typeof Sdk,
): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    if (error instanceof sdk.AnthropicError) throw error;
    throw new BrokenOff(String(error), { cause: error });
  }
}

/**
 * An upper estimate of a request's prompt: a token for every three bytes of UTF-8, where English has about four to five and
 * source code about three and a half, plus what the API adds around tools.
 */
function mostTokens({ shared, tools, messages }: ModelRequest): number {
  const bytes = Buffer.byteLength(JSON.stringify({ shared, tools, messages }));
  return Math.ceil(bytes / 3) + OVERHEAD_TOKENS;
}
