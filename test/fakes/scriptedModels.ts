import type {
  Block,
  ModelRequest,
  ModelTurn,
  Models,
} from "../../src/ports.ts";

/** A turn in short: what is left out is empty, ends by itself and costs 1,000 micro-dollars. */
export interface ScriptedTurn {
  readonly text?: string;
  readonly calls?: readonly {
    readonly name: string;
    readonly input: unknown;
  }[];
  readonly stop?: ModelTurn["stop"];
  readonly microUsd?: number;
}

/** What happens at a turn: words, or an error. Functions may also wait for the signal. */
export type Script = (
  request: ModelRequest,
  turn: number,
  signal: AbortSignal,
) => ScriptedTurn | Promise<ScriptedTurn>;

/** Models that say what they are told, turn by turn; every request is kept. */
export interface ScriptedModels extends Models {
  readonly requests: readonly ModelRequest[];
}

/** Models from a list of turns (the last one is repeated) or a function. */
export function scriptedModels(
  script: readonly ScriptedTurn[] | Script,
  options: { readonly worstCase?: number } = {},
): ScriptedModels {
  const requests: ModelRequest[] = [];
  return {
    provider: "scripted",
    requests,
    lineage: (tier) => Promise.resolve(`scripted-${tier}`),
    worstCase: () => Promise.resolve(options.worstCase ?? 5000),
    async turn(request, signal, onText) {
      signal.throwIfAborted();
      // A copy: the loop goes on writing to its list of messages.
      requests.push({ ...request, messages: [...request.messages] });
      const number = requests.length - 1;
      const said =
        typeof script === "function"
          ? await script(request, number, signal)
          : (script[Math.min(number, script.length - 1)] ?? {});
      return play(said, request, number, onText);
    },
  };
}

function play(
  { text, calls = [], stop, microUsd = 1000 }: ScriptedTurn,
  request: ModelRequest,
  turn: number,
  onText: (delta: string) => void,
): ModelTurn {
  const content: Block[] = [];
  if (text !== undefined) {
    onText(text);
    content.push({ type: "text", text });
  }
  calls.forEach(({ name, input }, index) =>
    content.push({
      type: "toolUse",
      id: `call-${String(turn)}-${String(index)}`,
      name,
      input,
    }),
  );
  return {
    message: { role: "assistant", content },
    stop: stop ?? (calls.length > 0 ? "toolUse" : "end"),
    model: `scripted-${request.tier}`,
    usage: {
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    },
    microUsd,
  };
}

/** A turn that calls one tool. */
export function calls(name: string, input: unknown): ScriptedTurn {
  return { calls: [{ name, input }] };
}

/** A turn that hands in a ballot paper that approves. */
export const approves = calls("submit", {
  verdict: "approve",
  confidence: 80,
  reason: "It does what was asked.",
  findings: [],
});
