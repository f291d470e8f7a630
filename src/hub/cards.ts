import type { CardSigner } from "../ports.ts";
import type { AgentCard, AgentInterface } from "../protocol/a2a.ts";
import { WS_BINDING } from "../protocol/hub.ts";
import { canonicalTexts, cardFields } from "./cardShape.ts";
import { legacyCardFields } from "./legacy/legacyCard.ts";
import type { Registry, Sitting } from "./registry.ts";
import { invalidField } from "./wireError.ts";

/** URI of our extension: `metadata.generation` of tasks and updates counts what a stream has shown, from 1. */
export const GENERATION_EXTENSION = "urn:roundtable:a2a:ext:generation:v1";

const VERSION = "1.0";
/** Names the way to an agent through the hubs of teammates; its address is the pairing. */
const PEER_BINDING = "urn:roundtable:a2a:binding:peer:v1";

/**
 * The agent cards this hub serves: readable by clients of A2A 1.0 and of 0.3, with the addresses of its listener, signed where the hub has a key.
 * The same object is given until what it shows has changed.
 */
export interface Cards {
  /** The card anybody on this machine may read: names no agent. */
  bare(): AgentCard;
  /** One agent's card as reached through the hub; undefined when it does not sit here. */
  agent(agentId: string): AgentCard | undefined;
  /** For who is authenticated: one agent's card, or the hub's with every agent as a skill. */
  extended(agentId: string | undefined): AgentCard;
  /** A card as teammates' hubs see it: signed, and with no address of this machine. */
  forPeers(card: AgentCard): AgentCard;
}

interface Address {
  readonly url: string;
  readonly wsUrl: string;
}

/** What cards say before the hub listens. */
const NOWHERE: Address = {
  url: "http://127.0.0.1",
  wsUrl: "ws://127.0.0.1/ws",
};

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

/** JSON-RPC in the words of 0.3, last: clients take the first they know. */
function reachedBefore(url: string): AgentInterface {
  return { url, protocolBinding: "JSONRPC", protocolVersion: "0.3" };
}

const SCHEMES = {
  hubToken: { httpAuthSecurityScheme: { scheme: "Bearer" } },
};
const SECURITY = {
  securitySchemes: SCHEMES,
  securityRequirements: [{ schemes: { hubToken: { list: [] } } }],
};

function capabilities(pushNotifications: boolean): AgentCard["capabilities"] {
  return {
    streaming: true,
    pushNotifications,
    extendedAgentCard: true,
    extensions: [
      {
        uri: GENERATION_EXTENSION,
        description:
          "metadata.generation counts the updates of a task; afterGeneration or Last-Event-ID resumes a stream after one",
        required: false,
      },
    ],
  };
}

/** Makes the cards of a hub; `address` gives the listener's URLs, undefined before it listens. */
export function createCards(
  registry: Registry,
  name: string,
  address: () => Address | undefined,
  signer?: CardSigner,
  pushNotifications = false,
): Cards {
  /** Cards of agents, by their seat; made again when the listener's address is another. */
  const made = new WeakMap<Sitting, { at: Address; card: AgentCard }>();
  let hubCard: { at: Address; card: AgentCard } | undefined;
  let tableCard:
    { at: Address; all: readonly Sitting[]; card: AgentCard } | undefined;

  function finish(card: AgentCard, rpcUrl: string): AgentCard {
    const own = cardFields(card) as AgentCard;
    const signatures =
      signer === undefined
        ? {}
        : {
            signatures: canonicalTexts(own).map((text) => signer.sign(text)),
          };
    return { ...own, ...legacyCardFields(rpcUrl, SCHEMES), ...signatures };
  }

  function signed(own: AgentCard): AgentCard {
    if (signer === undefined) return own;
    const signatures = canonicalTexts(own).map((text) => signer.sign(text));
    return { ...own, signatures };
  }

  function hub({ url, wsUrl }: Address): AgentCard {
    return {
      name,
      description:
        "A table of agents. Without a tenant, the first agent seated answers.",
      version: VERSION,
      supportedInterfaces: [
        reached("JSONRPC", `${url}/rpc`),
        reached("HTTP+JSON", url),
        reached(WS_BINDING, wsUrl),
        reachedBefore(`${url}/rpc`),
      ],
      capabilities: capabilities(pushNotifications),
      defaultInputModes: ["text/plain"],
      defaultOutputModes: ["text/plain"],
      skills: [],
      ...SECURITY,
    };
  }

  function through(sitting: Sitting): AgentCard {
    const at = address() ?? NOWHERE;
    const known = made.get(sitting);
    if (known?.at === at) return known.card;
    const { agentId } = sitting;
    const own = `${at.url}/agents/${agentId}`;
    const card = finish(
      {
        ...sitting.card,
        supportedInterfaces: [
          reached("JSONRPC", `${own}/rpc`),
          reached("JSONRPC", `${at.url}/rpc`, agentId),
          reached("HTTP+JSON", own),
          reached("HTTP+JSON", at.url, agentId),
          reached(WS_BINDING, at.wsUrl, agentId),
          reachedBefore(`${own}/rpc`),
        ],
        capabilities: capabilities(pushNotifications),
        ...SECURITY,
      },
      `${own}/rpc`,
    );
    made.set(sitting, { at, card });
    return card;
  }

  function table(): AgentCard {
    const at = address() ?? NOWHERE;
    const all = registry.all();
    if (
      tableCard?.at === at &&
      tableCard.all.length === all.length &&
      tableCard.all.every((sitting, place) => sitting === all[place])
    )
      return tableCard.card;
    const skills = all.map(({ agentId: id, role, card }) => ({
      id,
      name: card.name,
      description: card.description,
      tags: [role],
    }));
    const card = finish({ ...hub(at), skills }, `${at.url}/rpc`);
    tableCard = { at, all, card };
    return card;
  }

  return {
    bare() {
      const at = address() ?? NOWHERE;
      if (hubCard?.at !== at)
        hubCard = { at, card: finish(hub(at), `${at.url}/rpc`) };
      return hubCard.card;
    },
    agent(agentId) {
      const sitting = registry.get(agentId);
      return sitting === undefined ? undefined : through(sitting);
    },
    extended(agentId) {
      if (agentId === undefined) return table();
      const sitting = registry.get(agentId);
      if (sitting === undefined)
        throw invalidField("tenant", "no such agent sits here");
      return through(sitting);
    },
    forPeers: (card) =>
      signed(
        cardFields({
          ...card,
          supportedInterfaces: [reached(PEER_BINDING, PEER_BINDING)],
        }) as AgentCard,
      ),
  };
}
