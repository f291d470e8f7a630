import { canonicalJson } from "../../core/json.ts";
import type { EventLog, Hash, TextLog } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import type { AgentCard } from "../../protocol/a2a.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { PublishedAgent } from "../../protocol/peer.ts";
import type { PeeringTable, Room } from "../rooms.ts";
import { lastOf } from "./lastOf.ts";
import { cleaned } from "./cleaned.ts";

/** Agents of one peer that are seen. */
export const MAX_AGENTS = 16;

/** Reads a card as its hub sent it: cleaned, and, with a key (a public JWK as JSON), signed with that. Throws a `RoundtableError`. */
export type ReadCard = (raw: unknown, key: string | undefined) => AgentCard;

/** Cards of agents, ours at peers and theirs here. */
export interface Cards {
  /** Agents of a peer whose cards are trusted. */
  of(hubId: string): readonly PublishedAgent[];
  /** What is wrong with the cards of a peer, for people. */
  problem(hubId: string): string | undefined;
  /** Shows our agents to the peer, if it may see them and has not seen them so. */
  show(hubId: string): Promise<void>;
  dispose(): void;
}

interface Pin {
  readonly digest: string;
  readonly key: string | undefined;
}

/** Publishes our agents to every connected peer that may observe, whenever they change; pins what comes from peers. */
export function createCards(
  table: PeeringTable,
  deps: {
    readonly log: EventLog;
    readonly hash: Hash;
    readonly textLog: TextLog;
    readonly ours: Pick<PeerTable, "published" | "onAgents">;
    readonly readCard: ReadCard;
  },
): Cards {
  const { log, hash, textLog, ours, readCard } = deps;
  const pins = readPins(log);
  const known = new Map<
    string,
    { readonly agents: readonly PublishedAgent[]; readonly problem?: string }
  >();
  /** What was read of a peer last, so that nothing is pinned twice. */
  const readUpTo = new Map<string, number>();

  function take(
    hubId: string,
    seq: number,
    published: readonly PublishedAgent[],
  ): void {
    if ((readUpTo.get(hubId) ?? 0) >= seq) return;
    readUpTo.set(hubId, seq);
    const agents: PublishedAgent[] = [];
    const problems: string[] = [];
    for (const agent of published.slice(0, MAX_AGENTS)) {
      const seen = accept(hubId, agent);
      if (typeof seen === "string") problems.push(seen);
      else agents.push(seen);
    }
    known.set(hubId, {
      agents,
      ...(problems.length > 0 && { problem: problems.join(" ") }),
    });
    table.changed();
  }

  /** The agent as it may be shown, or what is wrong with it. */
  function accept(
    hubId: string,
    agent: PublishedAgent,
  ): PublishedAgent | string {
    const { agentId, key } = agent;
    let card: AgentCard;
    try {
      card = readCard(agent.card, key);
    } catch (error) {
      return `The card of ${agentId} is not used: ${error instanceof Error ? error.message : String(error)}`;
    }
    const digest = hash(canonicalJson({ ...agent, card }));
    const name = `${hubId}/${agentId}`;
    const pin = pins.get(name);
    if (pin !== undefined && pin.key !== key)
      return `The card of ${agentId} is signed with another key than before and is not used; forget the peer and pair again if that is meant.`;
    if (pin?.digest !== digest) {
      pins.set(name, { digest, key });
      if (pin !== undefined)
        textLog.info("A peer changed the card of an agent.", {
          hubId,
          agentId,
        });
      keep(hubId, agentId, { digest, key });
    }
    return {
      agentId,
      role: cleaned(agent.role, 64),
      name: cleaned(agent.name, 64) || agentId,
      description: cleaned(agent.description, 512),
      lineage: cleaned(agent.lineage, 128),
      votes: agent.votes,
      card,
    };
  }

  function keep(hubId: string, agentId: string, { digest, key }: Pin): void {
    log
      .append({
        missionId: HUB_STREAM,
        type: "PeerCardPinned",
        data: {
          ...{ hubId, agentId, digest },
          ...(key !== undefined && { key }),
        },
        by: "hub",
      })
      .catch((error: unknown) => {
        textLog.warn("A card could not be pinned.", {
          hubId,
          agentId,
          why: String(error),
        });
      });
  }

  function look(room: Room): void {
    for (const { hubId } of room.members) {
      const last = lastOf(room, hubId, "cards");
      if (last !== undefined) take(hubId, last.seq, last.body.agents);
    }
  }

  async function show(hubId: string): Promise<void> {
    const peer = table.peers().find((one) => one.hubId === hubId);
    if (peer?.scopes.includes("observe") !== true) return;
    const room = await table.pair(hubId);
    const agents = ours.published().slice(0, MAX_AGENTS);
    const told = lastOf(room, await table.self(), "cards");
    if (told === undefined && agents.length === 0) return;
    if (told && canonicalJson(told.body.agents) === canonicalJson(agents))
      return;
    await room.say({ kind: "cards", agents: [...agents] });
  }

  async function showAll(): Promise<void> {
    for (const { hubId } of table.peers())
      if (table.isConnected(hubId)) await show(hubId);
  }

  for (const room of table.rooms()) if (room.kind === "pair") look(room);
  const stops = [
    table.onHeard(({ from, body, sealed }) => {
      if (body.kind === "cards") take(from, sealed.envelope.seq, body.agents);
    }),
    ours.onAgents(() => {
      showAll().catch((error: unknown) => {
        textLog.warn("Peers could not be shown our agents.", {
          why: String(error),
        });
      });
    }),
  ];

  return {
    of: (hubId) => known.get(hubId)?.agents ?? [],
    problem: (hubId) => known.get(hubId)?.problem,
    show,
    dispose() {
      for (const stop of stops) stop();
    },
  };
}

/** Cards as they were trusted last; those of a peer that was forgotten are not. */
function readPins(log: EventLog): Map<string, Pin> {
  const pins = new Map<string, Pin>();
  for (let after = 0; ;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: ["PeerCardPinned", "PeerForgotten"],
      after,
    });
    for (const event of page) {
      after = event.seq;
      if (event.type === "PeerCardPinned") {
        const { hubId, agentId, digest, key } = event.data;
        pins.set(`${hubId}/${agentId}`, { digest, key });
      } else if (event.type === "PeerForgotten")
        for (const name of [...pins.keys()])
          if (name.startsWith(`${event.data.hubId}/`)) pins.delete(name);
    }
    if (page.length === 0) return pins;
  }
}
