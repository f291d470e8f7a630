import { isPeerName } from "./peers/peerName.ts";
import type { Registry, Sitting } from "./registry.ts";
import type { Routing } from "./routing.ts";
import { isRoute } from "./routing.ts";
import type { TaskRecord } from "./tasks.ts";

/** How often a task may go from one agent to another. */
const MAX_TAKEOVERS = 2;

/**
 * Who takes over a task that its agent cannot go on with: for work addressed to a role or skill another that fits, else the agent's fallback.
 * Undefined when nobody can, or when it has been taken over twice: work that ends agents must not end them all.
 */
export type Takeover = (
  record: TaskRecord,
  from: Pick<Sitting, "agentId" | "fallback">,
) => Sitting | undefined;

/** Makes the rule of who takes over from whom. */
export function createTakeover(parts: {
  readonly registry: Registry;
  readonly routing: Routing;
}): Takeover {
  const { registry, routing } = parts;
  return ({ to, from, takeovers }, { agentId, fallback }) => {
    // Who stands in may have tools that are not ours to bound.
    if (takeovers >= MAX_TAKEOVERS || isPeerName(from)) return undefined;
    const others = new Set([agentId]);
    if (isRoute(to)) return routing.find(to, others);
    if (fallback === undefined || registry.get(fallback) === undefined)
      return undefined;
    const found = routing.find(fallback, others);
    // Only the fallback itself: who stands in for it was not named.
    return found?.agentId === fallback ? found : undefined;
  };
}
