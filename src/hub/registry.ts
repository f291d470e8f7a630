import { RoundtableError } from "../core/errors.ts";
import type { Clock, EventLog, Seat, TextLog } from "../ports.ts";
import { HUB_STREAM } from "../protocol/event.ts";
import type { Heartbeat, Register } from "../protocol/hub.ts";
import type { Connection } from "./connection.ts";
import type { Presence } from "./presence.ts";
import { presentSince, takeHeartbeat } from "./presence.ts";
import { invalidField, overloaded } from "./wireError.ts";

/** Agents that may sit at one hub. */
const MAX_SEATS = 64;
/** Names that mean somebody else in the log: an agent that bore one could pass for them. */
const RESERVED: ReadonlySet<string> = new Set([
  "hub",
  "human",
  "client",
  "everyone",
]);

/** Throws −32602 for a name that means somebody else in the log. */
export function checkAgentName(agentId: string): void {
  if (RESERVED.has(agentId))
    throw invalidField("agentId", "no agent may have this name");
}

/** An agent that sits at this hub, and the way to it. */
export interface Sitting extends Register {
  readonly where: "inProcess" | "webSocket";
  readonly connection: Connection;
  readonly presence: Presence;
}

/** Hears who comes and goes, once it is so. */
export interface SeatListener {
  seated(sitting: Sitting): void;
  left(sitting: Sitting, why: string): void;
}

/** Who sits at the table now. */
export interface Registry {
  /** Takes a seat once `AgentSeated` is stored; a seat that is taken, or a name no agent may have, is −32602. */
  seat(sitting: Omit<Sitting, "presence">): Promise<void>;
  /** Frees the seats of a connection and records why. */
  leave(connection: Connection, why: string): Promise<void>;
  /** Frees one seat of a connection, or all; a seat that is not the connection's is −32602. */
  giveUp(
    connection: Connection,
    agentId: string | undefined,
    why: string,
  ): Promise<void>;
  /** Takes in what an agent, or all of a connection, says of itself. */
  heartbeat(connection: Connection, heartbeat: Heartbeat): void;
  get(agentId: string): Sitting | undefined;
  /** In the order they sat down. */
  all(): readonly Sitting[];
  /** Returns the way to stop. */
  onSeats(listener: SeatListener): () => void;
  /** Resolves once all of them sit; rejects with the signal's reason. */
  whenSeated(agentIds: readonly string[], signal: AbortSignal): Promise<void>;
}

/** A seat as the mission sees it. */
export function toSeat(sitting: Sitting, hub: string): Seat {
  const { agentId, role, lineage, card } = sitting;
  return { agentId, role, lineage, name: card.name, hub, weight: 1 };
}

/** An empty table. */
export function createRegistry(
  log: EventLog,
  clock: Clock,
  textLog: TextLog,
): Registry {
  const seats = new Map<string, Sitting>();
  /** Seats whose `AgentSeated` is on its way to the disk: they are taken, but not yet sat on. */
  const taken = new Set<string>();
  const gone = new WeakSet<Connection>();
  const waiting = new Set<() => void>();
  const listeners = new Set<SeatListener>();

  function ofConnection(
    connection: Connection,
    agentId: string | undefined,
  ): readonly Sitting[] {
    const own = [...seats.values()].filter(
      (sitting) =>
        sitting.connection === connection &&
        (agentId === undefined || sitting.agentId === agentId),
    );
    if (agentId !== undefined && own.length === 0)
      throw invalidField("agentId", "does not sit here on this connection");
    return own;
  }

  async function free(left: readonly Sitting[], why: string): Promise<void> {
    for (const sitting of left) {
      seats.delete(sitting.agentId);
      for (const listener of [...listeners]) listener.left(sitting, why);
    }
    await Promise.all(left.map((sitting) => record(sitting, why)));
  }

  async function record(
    sitting: Pick<Sitting, "agentId">,
    why: string,
  ): Promise<void> {
    const { agentId } = sitting;
    textLog.info("an agent left", { agentId, why });
    await log.append({
      missionId: HUB_STREAM,
      type: "AgentLeft",
      data: { agentId, why },
      by: agentId,
    });
  }

  return {
    async seat(sitting) {
      const { agentId, role, card, where } = sitting;
      checkAgentName(agentId);
      if (seats.has(agentId) || taken.has(agentId))
        throw invalidField("agentId", "an agent of that id sits here already");
      if (seats.size + taken.size >= MAX_SEATS) throw overloaded("seats");
      taken.add(agentId);
      try {
        await log.append({
          missionId: HUB_STREAM,
          type: "AgentSeated",
          data: { agentId, role, card, where },
          by: agentId,
        });
      } finally {
        taken.delete(agentId);
      }
      if (gone.has(sitting.connection)) {
        await record(sitting, "the connection ended");
        throw new RoundtableError(
          "agent-missing",
          `The agent "${agentId}" went away while it sat down.`,
          "Nothing was given to it; start it again.",
        );
      }
      const seated = { ...sitting, presence: presentSince(clock.now()) };
      seats.set(agentId, seated);
      textLog.info("an agent sat down", { agentId, role, where });
      for (const look of [...waiting]) look();
      for (const listener of [...listeners]) listener.seated(seated);
    },
    async leave(connection, why) {
      gone.add(connection);
      await free(ofConnection(connection, undefined), why);
    },
    giveUp: async (connection, agentId, why) =>
      free(ofConnection(connection, agentId), why),
    heartbeat(connection, heartbeat) {
      for (const { presence } of ofConnection(connection, heartbeat.agentId))
        takeHeartbeat(presence, heartbeat, clock.now());
    },
    onSeats(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    get: (agentId) => seats.get(agentId),
    all: () => [...seats.values()],
    whenSeated: (agentIds, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          waiting.delete(look);
          reject(signal.reason as Error);
        };
        const look = (): void => {
          if (!agentIds.every((agentId) => seats.has(agentId))) return;
          waiting.delete(look);
          signal.removeEventListener("abort", abort);
          resolve();
        };
        if (signal.aborted) {
          abort();
          return;
        }
        signal.addEventListener("abort", abort, { once: true });
        waiting.add(look);
        look();
      }),
  };
}
