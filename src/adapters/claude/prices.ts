import type { Usage } from "../../ports.ts";

/** What a model costs, micro-dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Writing to the cache for five minutes. */
  readonly cacheWrite: number;
}

interface Row {
  readonly family: string;
  /** Oldest version the row is for, such as `[5, 5]`. */
  readonly since: readonly [number, number];
  readonly price: Price;
  /** Applies instead of `price` from this many prompt tokens on. */
  readonly long?: { readonly tokens: number; readonly price: Price };
}

/** Prices on platform.claude.com as of 2026-11-21; Sonnet's cache reads since 2026-10-07. One row per family, dearest first. */
const ROWS: readonly [Row, ...Row[]] = [
  {
    family: "fable",
    since: [5, 1],
    price: usd({ input: 10, output: 50, cacheRead: 0.25, cacheWrite: 12.5 }),
  },
  {
    family: "opus",
    since: [5, 5],
    price: usd({ input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 }),
  },
  {
    family: "sonnet",
    since: [5, 5],
    price: usd({ input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 }),
  },
  {
    family: "haiku",
    since: [5, 5],
    price: usd({ input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 }),
    long: {
      tokens: 100_000,
      price: usd({
        input: 0.5,
        output: 2.5,
        cacheRead: 0.05,
        cacheWrite: 0.625,
      }),
    },
  },
];

const FREE: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/**
 * The price of a model by its id. A model newer than its family's row costs what the row says; one that is older, or of a family
 * without a row, what the dearest row says: a guess that errs on the safe side of a budget. Ids that begin with `rehearsal-` have no model behind them and cost nothing.
 */
export function priceOf(model: string, promptTokens: number): Price {
  if (model.startsWith("rehearsal-")) return FREE;
  const row = ROWS.find((candidate) => covers(candidate, model)) ?? ROWS[0];
  return row.long !== undefined && promptTokens >= row.long.tokens
    ? row.long.price
    : row.price;
}

/** What a turn cost, micro-dollars, rounded up. */
export function costOf(model: string, usage: Usage): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } =
    usage;
  const price = priceOf(
    model,
    inputTokens + cacheReadTokens + cacheWriteTokens,
  );
  return Math.ceil(
    (inputTokens * price.input +
      outputTokens * price.output +
      cacheReadTokens * price.cacheRead +
      cacheWriteTokens * price.cacheWrite) /
      1_000_000,
  );
}

/** Most a request can cost, micro-dollars: nothing of the prompt cached, all of it written to the cache, and every output token used. */
export function mostOf(
  model: string,
  promptTokens: number,
  maxTokens: number,
): number {
  return costOf(model, {
    inputTokens: 0,
    outputTokens: maxTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: promptTokens,
  });
}

function covers({ family, since }: Row, model: string): boolean {
  const version = new RegExp(`^claude-${family}-(\\d+)(?:-(\\d{1,2}))?(?!\\d)`)
    .exec(model)
    ?.slice(1)
    .map((part) => Number(part || 0));
  if (version === undefined) return false;
  const [major = 0, minor = 0] = version;
  return major > since[0] || (major === since[0] && minor >= since[1]);
}

function usd(price: Price): Price {
  const micro = (dollars: number): number => Math.round(dollars * 1_000_000);
  return {
    input: micro(price.input),
    output: micro(price.output),
    cacheRead: micro(price.cacheRead),
    cacheWrite: micro(price.cacheWrite),
  };
}
