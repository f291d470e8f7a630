import type { AgentCard, AgentInterface } from "../protocol/a2a.ts";
import { WS_BINDING } from "../protocol/hub.ts";
import type { Registry, Sitting } from "./registry.ts";
import { invalidField } from "./wireError.ts";

/** URI of our extension: `metadata.generation` of tasks and updates counts what a stream has shown, from 1. */
export const GENERATION_EXTENSION = "urn:roundtable:a2a:ext:generation:v1";

const VERSION = "1.0";

/** The agent cards this hub serves. Their addresses are those of its listener. */
export interface Cards {
  /** The card anybody on this machine may read: names no agent. */
  bare(): AgentCard;
  /** One agent's card as reached through the hub; undefined when it does not sit here. */
  agent(agentId: string): AgentCard | undefined;
  /** For who is authenticated: one agent's card, or the hub's with every agent as a skill. */
  extended(agentId: string | undefined): AgentCard;
}

function reached(
  protocolBinding: string,
  url: string,
  tenant?: string,
): AgentInterface {
  return {
    url,
    protocolBinding,
    protocolVersion: VERSION,
    ...(tenant === undefined ? {} : { tenant }),
  };
}

const SECURITY = {
  securitySchemes: {
    hubToken: { httpAuthSecurityScheme: { scheme: "Bearer" } },
  },
  securityRequirements: [{ schemes: { hubToken: { list: [] } } }],
};

function capabilities(extendedAgentCard: boolean): AgentCard["capabilities"] {
  return {
    streaming: true,
    pushNotifications: false,
    extendedAgentCard,
    extensions: [
      {
        uri: GENERATION_EXTENSION,
        description: "metadata.generation counts the updates of a task",
        required: false,
      },
    ],
  };
}

/** Makes the cards of a hub; `address` gives the listener's URLs, undefined before it listens. */
export function createCards(
  registry: Registry,
  name: string,
  address: () => { readonly url: string; readonly wsUrl: string } | undefined,
): Cards {
  const urls = (): { readonly url: string; readonly wsUrl: string } =>
    address() ?? { url: "http://127.0.0.1", wsUrl: "ws://127.0.0.1/ws" };

  function bare(): AgentCard {
    const { url, wsUrl } = urls();
    return {
      name,
      description:
        "A table of agents. Without a tenant, the first agent seated answers.",
      version: VERSION,
      supportedInterfaces: [
        reached("JSONRPC", `${url}/rpc`),
        reached(WS_BINDING, wsUrl),
      ],
      capabilities: capabilities(true),
      defaultInputModes: ["text/plain"],
      defaultOutputModes: ["text/plain"],
      skills: [],
      ...SECURITY,
    };
  }

  function through(sitting: Sitting): AgentCard {
    const { url, wsUrl } = urls();
    const { agentId, card } = sitting;
    return {
      ...card,
      supportedInterfaces: [
        reached("JSONRPC", `${url}/agents/${agentId}/rpc`),
        reached("JSONRPC", `${url}/rpc`, agentId),
        reached(WS_BINDING, wsUrl, agentId),
      ],
      capabilities: capabilities(false),
      ...SECURITY,
    };
  }

  return {
    bare,
    agent(agentId) {
      const sitting = registry.get(agentId);
      return sitting === undefined ? undefined : through(sitting);
    },
    extended(agentId) {
      if (agentId !== undefined) {
        const sitting = registry.get(agentId);
        if (sitting === undefined)
          throw invalidField("tenant", "no such agent sits here");
        return through(sitting);
      }
      return {
        ...bare(),
        skills: registry.all().map(({ agentId: id, role, card }) => ({
          id,
          name: card.name,
          description: card.description,
          tags: [role],
        })),
      };
    },
  };
}
