import type { AgentRoute } from "../protocol/settings.ts";
import type { Circuits } from "./circuits.ts";
import { matches } from "./pattern.ts";
import type { Registry, Sitting } from "./registry.ts";
import { agentUnavailable, invalidField } from "./wireError.ts";

/** Role or skill, each a pattern in which `*` stands for any characters; skills are told apart by their ids. */
const ROUTE = /^(role|skill):([A-Za-z0-9_.*-]{1,128})$/;
const ANY = "any";

/** True for what names no agent but a kind of agents. */
export function isRoute(recipient: string): boolean {
  return recipient === ANY || ROUTE.test(recipient);
}

/** Who gets what is addressed to an agent, a role, a skill or anybody. */
export interface Routing {
  /**
   * The agent for an address: an id, `agent:ID`, `role:PATTERN`, `skill:PATTERN` or `any`. Of several that fit the least loaded one.
   * For an agent whose circuit is open its fallback, else another of its role. Throws a wire error when nobody fits or nobody can take it.
   */
  resolve(recipient: string, exclude?: ReadonlySet<string>): Sitting;
  /** Like {@link resolve}; undefined instead of an error. */
  find(recipient: string, exclude?: ReadonlySet<string>): Sitting | undefined;
}

/** Makes the routing over the agents that sit here. The first rule that matches a role or skill decides; its `to` is not looked up in the rules again. */
export function createRouting(parts: {
  readonly registry: Registry;
  readonly circuits: Circuits;
  readonly routes: readonly AgentRoute[];
}): Routing {
  const { registry, circuits, routes } = parts;

  function canTake(sitting: Sitting): boolean {
    const { agentId, presence } = sitting;
    return (
      presence.unhealthy === undefined &&
      presence.status !== "draining" &&
      !circuits.blocks(agentId) &&
      circuits.hasRoom(sitting)
    );
  }

  function fits(sitting: Sitting, recipient: string): boolean {
    if (recipient === ANY) return true;
    const [, kind, pattern = ""] = ROUTE.exec(recipient) ?? [];
    if (kind === undefined) return sitting.agentId === recipient;
    if (kind === "role") return matches(pattern, sitting.role);
    return sitting.card.skills.some(({ id }) => matches(pattern, id));
  }

  /** The least loaded first: by tasks per slot, then by what it says itself, then who has been idle the longest. */
  function compare(a: Sitting, b: Sitting): number {
    const share = (sitting: Sitting): number => {
      const { running, waiting, concurrency } = circuits.workload(sitting);
      return (running + waiting) / concurrency;
    };
    const busy = ({ presence }: Sitting): number =>
      presence.status === "busy" ? 1 : 0;
    return (
      busy(a) - busy(b) ||
      share(a) - share(b) ||
      (a.presence.load ?? 0) - (b.presence.load ?? 0) ||
      a.presence.idleSince - b.presence.idleSince
    );
  }

  function best(
    recipient: string,
    exclude: ReadonlySet<string>,
  ): Sitting | undefined {
    return registry
      .all()
      .filter(
        (sitting) =>
          !exclude.has(sitting.agentId) &&
          fits(sitting, recipient) &&
          canTake(sitting),
      )
      .sort(compare)[0];
  }

  /** For a kind of agents. */
  function byRoute(
    recipient: string,
    exclude: ReadonlySet<string>,
  ): Sitting | undefined {
    const rule = routes.find(({ match }) => matches(match, recipient));
    if (rule === undefined) return best(recipient, exclude);
    return (
      best(rule.to, exclude) ??
      (rule.fallback === undefined ? undefined : best(rule.fallback, exclude))
    );
  }

  /** For one agent: a full one is overloaded and says so, one that is not well is stood in for. */
  function byId(
    recipient: string,
    exclude: ReadonlySet<string>,
  ): Sitting | undefined {
    const sitting = registry.get(recipient);
    if (sitting === undefined) return undefined;
    const { fallback, role, presence } = sitting;
    const isWell =
      presence.unhealthy === undefined && !circuits.blocks(recipient);
    if (isWell && !exclude.has(recipient)) return sitting;
    const others = new Set([...exclude, recipient]);
    return (
      (fallback === undefined ? undefined : best(fallback, others)) ??
      registry
        .all()
        .filter(
          (other) =>
            other.role === role && !others.has(other.agentId) && canTake(other),
        )
        .sort(compare)[0]
    );
  }

  const find: Routing["find"] = (address, exclude = new Set()) => {
    const recipient = address.replace(/^agent:/, "");
    return isRoute(recipient)
      ? byRoute(recipient, exclude)
      : byId(recipient, exclude);
  };

  return {
    find,
    resolve(address, exclude) {
      const found = find(address, exclude);
      if (found !== undefined) return found;
      const recipient = address.replace(/^agent:/, "");
      const rule = routes.find(({ match }) => matches(match, recipient));
      const wanted = isRoute(recipient) ? (rule?.to ?? recipient) : recipient;
      if (registry.all().some((sitting) => fits(sitting, wanted)))
        throw agentUnavailable(recipient);
      throw invalidField("tenant", "no such agent sits here");
    },
  };
}
