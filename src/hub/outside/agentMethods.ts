import {
  AgentNamed,
  AgentsQuery,
  IssueToken,
  JoinAgent,
  type SeatedAgent,
} from "../../protocol/hub.ts";
import type { AgentTokens } from "./agentTokens.ts";
import type { Circuits } from "../circuits.ts";
import type { Reply } from "../connection.ts";
import type { A2ACall } from "../jsonRpc.ts";
import type { Links } from "./links.ts";
import { matches } from "../pattern.ts";
import type { Registry, Sitting } from "../registry.ts";
import type { Caller } from "../submit.ts";
import {
  invalidField,
  notAllowed,
  parseParams,
  RPC_CODE,
  WireError,
} from "../wireError.ts";

/** True for the methods about agents that are no part of A2A: `agents/list`, and the owner's `agents/outside`, `agents/issueToken`, `agents/revokeToken`, `agents/join`, `agents/leave`. */
export function isAgentMethod(method: string): boolean {
  return method.startsWith("agents/");
}

/** What a sitting has for a capability: tags of its skills, what its card says it is capable of, and extensions. */
function capabilitiesOf({ card }: Sitting): readonly string[] {
  const { extensions, ...flags } = card.capabilities;
  const uris = Array.isArray(extensions)
    ? extensions.map((extension: unknown) =>
        extension !== null &&
        typeof extension === "object" &&
        "uri" in extension
          ? String(extension.uri)
          : "",
      )
    : [];
  return [
    ...card.skills.flatMap(({ tags }) => tags),
    ...Object.entries(flags).flatMap(([name, is]) => (is === true ? name : [])),
    ...uris,
  ];
}

function fits(sitting: Sitting, query: AgentsQuery): boolean {
  const { id, role, skill, capability } = query;
  const some = (pattern: string | undefined, names: readonly string[]) =>
    pattern === undefined || names.some((name) => matches(pattern, name));
  return (
    some(id, [sitting.agentId]) &&
    some(role, [sitting.role]) &&
    some(
      skill,
      sitting.card.skills.map((one) => one.id),
    ) &&
    some(capability, capabilitiesOf(sitting))
  );
}

function describe(sitting: Sitting, circuits: Circuits): SeatedAgent {
  const { agentId, role, lineage, where, card, presence, fallback } = sitting;
  const { load, unhealthy, status, seatedAt, heardAt } = presence;
  return {
    agentId,
    name: card.name,
    description: card.description,
    role,
    lineage,
    where,
    skills: card.skills.map(({ id }) => id),
    status,
    ...(load === undefined ? {} : { load }),
    ...circuits.workload(sitting),
    circuit: circuits.state(agentId),
    ...(unhealthy === undefined ? {} : { unhealthy }),
    ...(fallback === undefined ? {} : { fallback }),
    seatedAt,
    heardAt,
  };
}

function checkOwner({ identity }: Caller): void {
  if (identity?.kind !== "owner")
    throw notAllowed(
      "Only the hub's owner may do this; use the token of its discovery file.",
    );
}

/** Makes the methods about agents. Rejects with wire errors. */
export function createAgentMethods(parts: {
  readonly registry: Registry;
  readonly circuits: Circuits;
  readonly tokens: AgentTokens;
  readonly links: Links;
  /** Ends the channels that showed an agent's token. */
  readonly cut: (agentId: string) => void;
  readonly wsUrl: () => string;
}): (call: A2ACall) => Promise<Reply> {
  const { registry, circuits, tokens, links, cut, wsUrl } = parts;

  async function valueOf({
    method,
    params,
    caller,
  }: A2ACall): Promise<unknown> {
    if (method === "agents/list") {
      const query = parseParams(AgentsQuery, params);
      const found = registry.all().filter((sitting) => fits(sitting, query));
      return { agents: found.map((sitting) => describe(sitting, circuits)) };
    }
    checkOwner(caller);
    switch (method) {
      case "agents/outside":
        return {
          tokens: tokens.list(),
          links: links
            .list()
            .map(({ agentId, cardUrl }) => ({ agentId, cardUrl })),
        };
      case "agents/issueToken": {
        const wanted = parseParams(IssueToken, params);
        if (registry.get(wanted.agentId)?.where === "inProcess")
          throw invalidField("agentId", "an agent of the hub itself has it");
        const issued = await tokens.issue(wanted, caller.name);
        cut(wanted.agentId);
        return { agentId: wanted.agentId, ...issued, wsUrl: wsUrl() };
      }
      case "agents/revokeToken": {
        const { agentId } = parseParams(AgentNamed, params);
        await tokens.revoke(agentId, caller.name);
        cut(agentId);
        return { agentId };
      }
      case "agents/join":
        return links.join(parseParams(JoinAgent, params), caller.name);
      case "agents/leave": {
        const { agentId } = parseParams(AgentNamed, params);
        await links.leave(agentId, caller.name);
        return { agentId };
      }
      default:
        throw new WireError(
          RPC_CODE.methodNotFound,
          "There is no such method about agents; docs/agents.md lists them.",
        );
    }
  }

  return async (call) => ({ kind: "value", value: await valueOf(call) });
}
