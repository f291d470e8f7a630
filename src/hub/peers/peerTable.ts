import { isProblem, RoundtableError } from "../../core/errors.ts";
import type { Clock, EventLog, TextLog, Transport } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import type { Message, Task } from "../../protocol/a2a.ts";
import type { HubReport, PublishedAgent } from "../../protocol/peer.ts";
import type { Cards } from "../cards.ts";
import type { Circuits } from "../circuits.ts";
import type { Execution } from "../execution.ts";
import type { Handler } from "../handler.ts";
import type { Messaging } from "../messaging/messaging.ts";
import type { Registry, Sitting } from "../registry.ts";
import type { Caller, Submit } from "../submit.ts";
import { isInterrupted, isTerminal } from "../tasks.ts";
import { WireError } from "../wireError.ts";
import { peerName } from "./peerName.ts";
import { hearTopics } from "./sharedTopics.ts";

/** Agents that peers may see. */
const MAX_AGENTS = 16;
/** Longest an agent is, as JSON; of a longer card the skills are left out. */
const MAX_AGENT = 6000;
/** The role that is asked only after a team could not decide, and so has no vote. */
const SENIOR = "senior";
/** The role that gives work to other hubs: trust is not transitive, so no peer may have this hub ask a third one. */
const COORDINATOR = "coordinator";

/** What the parts of a hub let peers reach. */
export interface PeerTableParts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly name: () => string;
  readonly version: string;
  readonly registry: Registry;
  readonly circuits: Circuits;
  readonly cards: Cards;
  readonly cardKey: string | undefined;
  readonly submit: Submit;
  readonly handler: Handler;
  readonly execution: Execution;
  readonly messaging: Pick<Messaging, "send">;
  readonly connect: () => Transport;
  /** Topics that are shared with peers. */
  readonly topics: readonly string[];
  /** Agents that are servers elsewhere: what they do with a text is not ours to bound. */
  readonly elsewhere: () => ReadonlySet<string>;
}

/** What teammates' hubs can reach at this hub: its own agents, without any tool; how it is; and the topics that are shared. */
export function openPeerTable(
  parts: PeerTableParts,
): PeerTable & { close(): void } {
  const { log, clock, registry, circuits, handler, execution } = parts;
  const startedAt = clock.now();
  const topics = hearTopics({ ...parts, patterns: parts.topics });
  const shown = new WeakMap<Sitting, PublishedAgent>();

  function visible(): readonly Sitting[] {
    const elsewhere = parts.elsewhere();
    return registry
      .all()
      .filter(
        ({ agentId, where, role }) =>
          where === "inProcess" &&
          role !== COORDINATOR &&
          !elsewhere.has(agentId),
      )
      .slice(0, MAX_AGENTS);
  }

  function publishedAs(sitting: Sitting): PublishedAgent {
    const known = shown.get(sitting);
    if (known !== undefined) return known;
    const { agentId, role, lineage, card } = sitting;
    const of = (whole: boolean): PublishedAgent => ({
      ...{ agentId, role, lineage },
      name: card.name,
      description: card.description,
      votes: role !== SENIOR,
      card: parts.cards.forPeers(whole ? card : { ...card, skills: [] }),
      ...(parts.cardKey !== undefined && { key: parts.cardKey }),
    });
    const whole = of(true);
    const agent = JSON.stringify(whole).length > MAX_AGENT ? of(false) : whole;
    shown.set(sitting, agent);
    return agent;
  }

  function report(): HubReport {
    const missions = log.missionCounts();
    const closed = Object.values(missions.closed);
    return {
      name: parts.name().slice(0, 64),
      version: parts.version.slice(0, 32),
      at: clock.now(),
      startedAt,
      agents: visible().map((sitting) => {
        const { running, waiting } = circuits.workload(sitting);
        const { status, unhealthy } = sitting.presence;
        return {
          agentId: sitting.agentId,
          role: sitting.role,
          status: unhealthy === undefined ? status : "unhealthy",
          running,
          waiting,
        };
      }),
      missions: {
        open: missions.open,
        closed: closed.reduce((sum, count) => sum + count, 0),
      },
      jobs: 0,
    };
  }

  /** One of the agents that are shown: its id, or of a role the first by name, so that a message said again goes to the same one. */
  function find(to: string): string {
    const role = /^role:(.+)$/.exec(to)?.[1];
    const [found] = visible()
      .filter((one) =>
        role === undefined ? one.agentId === to : one.role === role,
      )
      .toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1));
    if (found !== undefined) return found.agentId;
    throw new RoundtableError(
      "hub-failed",
      `No agent ${JSON.stringify(to.slice(0, 128))} is shown to peers here.`,
      "Nothing was started. The list of peers names the agents there are.",
    );
  }

  async function send(
    hubId: string,
    to: string,
    message: Message,
    signal: AbortSignal,
  ): Promise<Task> {
    const name = peerName(hubId);
    const caller: Caller = {
      name,
      remote: true,
      identity: { kind: "agent", agentId: name, mayAsk: true },
    };
    // Stored before its agent gets it: who asks decides what the agent may do.
    const record = await parts.submit(find(to), message, caller);
    try {
      await handler.until(
        record.id,
        (state) => isTerminal(state) || isInterrupted(state),
        signal,
      );
    } catch (error) {
      // A peer that is no longer one; a hub that closes leaves its tasks as they are.
      if (isProblem(signal.reason, "peer-refused"))
        await execution.cancel(record.id);
      throw error;
    }
    return handler.getTask({
      agentId: undefined,
      params: { id: record.id, historyLength: 0 },
      caller,
      signal,
    });
  }

  return {
    published: () => visible().map(publishedAs),
    report,
    onAgents: (listener) =>
      registry.onSeats({ seated: listener, left: listener }),
    async send(hubId, to, message, signal) {
      try {
        return await send(hubId, to, message, signal);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        throw new RoundtableError(
          "hub-failed",
          error.message,
          "Nothing was started there.",
          { cause: error },
        );
      }
    },
    async publish(hubId, topic, payload) {
      await parts.messaging.send(
        { to: `topic:${topic}`, from: peerName(hubId) },
        payload,
      );
    },
    onPublished: topics.onPublished,
    close: topics.close,
  };
}
