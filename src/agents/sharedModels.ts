import { canonicalJson } from "../core/json.ts";
import type { Clock, Hash, ModelRequest, Models } from "../ports.ts";

/** Beginnings that are remembered as heard; forgetting one costs one turn of waiting. */
const REMEMBERED = 1000;
/** How long after its last use a beginning surely is still in a provider's cache, ms; providers keep it for five minutes. */
const WARM_MS = 4 * 60 * 1000;

/** The team's way to one provider: at most `atOnce` turns under way, and the first of several that share a long beginning goes ahead until it is heard, so that the rest find the beginning cached. */
export function sharedModels(
  models: Models,
  { hash, clock }: { readonly hash: Hash; readonly clock: Clock },
  atOnce: number,
): Models {
  const slots = createSlots(atOnce);
  const warming = new Map<string, Promise<undefined>>();
  /** When each beginning was last heard. */
  const warm = new Map<string, number>();
  const isWarm = (beginning: string): boolean =>
    clock.now() - (warm.get(beginning) ?? -Infinity) < WARM_MS;

  return {
    provider: models.provider,
    lineage: (tier, signal) => models.lineage(tier, signal),
    worstCase: (request, signal) => models.worstCase(request, signal),
    async turn(request, signal, onText) {
      const beginning = beginningOf(request, hash);
      const leader = warming.get(beginning);
      if (leader !== undefined) await unlessAborted(leader, signal);

      const { promise: heard, resolve: hear } =
        Promise.withResolvers<undefined>();
      const leads = leader === undefined && !isWarm(beginning);
      if (leads) warming.set(beginning, heard);
      const letGo = (): void => {
        if (!leads || warming.get(beginning) !== heard) return;
        warming.delete(beginning);
        hear(undefined);
      };
      let isHeard = false;
      const heardOnce = (): void => {
        if (isHeard) return;
        isHeard = true;
        if (warm.size >= REMEMBERED) warm.clear();
        warm.set(beginning, clock.now());
        letGo();
      };

      try {
        await slots.take(signal);
        try {
          const turn = await models.turn(request, signal, (delta) => {
            heardOnce();
            if (delta !== "") onText(delta);
          });
          heardOnce();
          return turn;
        } finally {
          slots.free();
        }
      } finally {
        // Whoever waits for one that failed goes on, all together, and nothing counts as cached.
        letGo();
      }
    },
  };
}

/** What agents with the same work have in common: charter, tools and the first block of the first message. */
function beginningOf(request: ModelRequest, hash: Hash): string {
  const first = request.messages[0]?.content[0];
  const { shared, tier, tools } = request;
  return hash(canonicalJson({ shared, tier, tools, first: first ?? null }));
}

function createSlots(count: number): {
  take(signal: AbortSignal): Promise<void>;
  free(): void;
} {
  let left = count;
  const waiting: (() => void)[] = [];
  const free = (): void => {
    left += 1;
    waiting.shift()?.();
  };
  return {
    async take(signal) {
      while (left === 0) {
        const { promise: turn, resolve } = Promise.withResolvers<undefined>();
        const offer = (): void => {
          resolve(undefined);
        };
        waiting.push(offer);
        try {
          await unlessAborted(turn, signal);
        } catch (error) {
          const place = waiting.indexOf(offer);
          // A slot that was offered to one who left goes to the next.
          if (place === -1) waiting.shift()?.();
          else waiting.splice(place, 1);
          throw error;
        }
      }
      signal.throwIfAborted();
      left -= 1;
    },
    free,
  };
}

async function unlessAborted(
  wait: Promise<undefined>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
