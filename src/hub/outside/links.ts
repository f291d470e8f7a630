import { isProblem } from "../../core/errors.ts";
import type {
  Clock,
  EventLog,
  RemoteAgents,
  RemoteLink,
  RemoteSeat,
  TextLog,
  Transport,
} from "../../ports.ts";
import type { AgentCard } from "../../protocol/a2a.ts";
import type { Recorded } from "../../protocol/event.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { JoinAgent } from "../../protocol/hub.ts";
import { AgentId } from "../../protocol/hub.ts";
import { readLinkedCard } from "./linkedCard.ts";
import type { Registry } from "../registry.ts";
import { invalidField, overloaded, refusedByRemote } from "../wireError.ts";

/** A2A servers elsewhere that may sit here. */
const MAX_LINKS = 32;
/** How long a server may take to show its card, ms. */
const CARD_MS = 15_000;
/** Time until a server that could not be seated is tried again, ms: doubled each time. */
const RETRY_MS = { first: 5000, most: 300_000 };

/** A2A servers elsewhere that sit at this hub as agents; they do so again after a restart. */
export interface Links {
  /** Seats those the log knows of, and goes on trying where one is not there. */
  start(): void;
  /** Fetches the card and seats the server; nothing is kept when that fails. Rejects with a wire error. */
  join(
    wanted: JoinAgent,
    by: string,
  ): Promise<{ readonly agentId: string; readonly name: string }>;
  /** Those that joined, whether they sit now or not. */
  list(): readonly RemoteLink[];
  /** Lets a server leave for good; −32602 when it is none of them. */
  leave(agentId: string, by: string): Promise<void>;
  close(): Promise<void>;
}

interface Linked {
  readonly link: RemoteLink;
  readonly over: AbortController;
  seat: RemoteSeat | undefined;
}

function idFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
}

/** Makes the links of one hub; `connect` gives a way to it for each. */
export function createLinks(parts: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly registry: Registry;
  /** Left out where there is no way to servers elsewhere. */
  readonly remoteAgents?: RemoteAgents;
  readonly connect: () => Transport;
}): Links {
  const { log, clock, textLog, registry, remoteAgents, connect } = parts;
  const links = new Map<string, Linked>();
  let started = false;

  function known(): ReadonlyMap<string, RemoteLink> {
    const found = new Map<string, RemoteLink>();
    const apply = (event: Recorded): void => {
      if (event.type === "AgentUnlinked") found.delete(event.data.agentId);
      if (event.type !== "AgentLinked") return;
      const { role = "external", ...link } = event.data;
      found.set(link.agentId, { ...link, role });
    };
    for (const event of log.read({
      missionId: HUB_STREAM,
      types: ["AgentLinked", "AgentUnlinked"],
      limit: Number.MAX_SAFE_INTEGER,
    }))
      apply(event);
    return found;
  }

  /** Sits until it is let go of; a seat that ends is taken again. */
  async function keep(linked: Linked, agents: RemoteAgents): Promise<void> {
    const { link, over } = linked;
    let wait = RETRY_MS.first;
    while (!over.signal.aborted) {
      try {
        linked.seat ??= await agents.seat(
          link,
          await cardOf(link, agents, over.signal),
          connect(),
        );
        wait = RETRY_MS.first;
        await linked.seat.ended;
      } catch (error) {
        textLog.warn("a server elsewhere could not be seated", {
          agentId: link.agentId,
          why: String(error),
        });
      }
      linked.seat = undefined;
      // Aborted: it has left, or the hub ends.
      await clock.after(wait, over.signal).catch(() => undefined);
      wait = Math.min(wait * 2, RETRY_MS.most);
    }
  }

  async function cardOf(
    link: Pick<RemoteLink, "cardUrl" | "cardKey" | "tokenFrom">,
    agents: RemoteAgents,
    signal: AbortSignal,
  ): Promise<AgentCard> {
    const late = new AbortController();
    const done = new AbortController();
    clock.after(CARD_MS, done.signal).then(
      () => {
        late.abort(new Error("It took too long to answer."));
      },
      () => undefined,
    );
    try {
      const patience = AbortSignal.any([signal, late.signal]);
      return readLinkedCard(await agents.card(link, patience), link.cardKey);
    } finally {
      done.abort();
    }
  }

  function add(link: RemoteLink, seat: RemoteSeat | undefined): Linked {
    const linked: Linked = { link, over: new AbortController(), seat };
    links.set(link.agentId, linked);
    return linked;
  }

  return {
    start() {
      if (started || remoteAgents === undefined) return;
      started = true;
      for (const link of known().values())
        if (!links.has(link.agentId))
          void keep(add(link, undefined), remoteAgents);
    },
    async join(wanted, by) {
      if (remoteAgents === undefined)
        throw invalidField("cardUrl", "this hub takes no servers elsewhere");
      if (links.size >= MAX_LINKS) throw overloaded("servers elsewhere");
      const { signal } = new AbortController();
      try {
        const card = await cardOf(wanted, remoteAgents, signal);
        const agentId = wanted.agentId ?? idFrom(card.name);
        if (!AgentId.safeParse(agentId).success)
          throw invalidField("agentId", "name it: its card has no name to use");
        if (links.has(agentId) || registry.get(agentId) !== undefined)
          throw invalidField(
            "agentId",
            "an agent of that id sits here already",
          );
        const link: RemoteLink = { ...wanted, agentId };
        const seat = await remoteAgents.seat(link, card, connect());
        try {
          await log.append({
            missionId: HUB_STREAM,
            type: "AgentLinked",
            data: link,
            by,
          });
        } catch (error) {
          // What the log does not know of must not sit here.
          await seat.dispose();
          throw error;
        }
        void keep(add(link, seat), remoteAgents);
        return { agentId, name: card.name };
      } catch (error) {
        if (isProblem(error)) throw refusedByRemote(error.message, error.next);
        throw error;
      }
    },
    list: () => [...links.values()].map(({ link }) => link),
    async leave(agentId, by) {
      const linked = links.get(agentId);
      if (linked === undefined)
        throw invalidField("agentId", "no server elsewhere sits here under it");
      await log.append({
        missionId: HUB_STREAM,
        type: "AgentUnlinked",
        data: { agentId },
        by,
      });
      links.delete(agentId);
      linked.over.abort(new Error("it has left"));
      await linked.seat?.dispose();
    },
    async close() {
      for (const { over } of links.values())
        over.abort(new Error("the hub ends"));
      await Promise.allSettled(
        [...links.values()].flatMap(({ seat }) => seat?.dispose() ?? []),
      );
      links.clear();
    },
  };
}
