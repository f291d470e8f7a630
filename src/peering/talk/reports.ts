import { RoundtableError } from "../../core/errors.ts";
import type { Clock, TextLog } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import type { HubReport } from "../../protocol/peer.ts";
import type { PeeringTable } from "../rooms.ts";
import { cleaned } from "./cleaned.ts";
import { lastOf } from "./lastOf.ts";

/** Longest a report is waited for, ms. */
const WAIT_MS = 10_000;
/** Least time between two reports to one peer, ms: who asks more often has the last one. */
const BETWEEN_MS = 1000;

/** How hubs are, told when asked. */
export interface Reports {
  /** The last report of a peer. */
  of(hubId: string): HubReport | undefined;
  /** Asks a connected peer, and waits up to 10 s. Rejects with `peer-unreachable`, `peer-refused`. */
  ask(hubId: string): Promise<HubReport>;
  dispose(): void;
}

/** Answers peers that may observe, and keeps what they tell. */
export function createReports(
  table: PeeringTable,
  deps: {
    readonly clock: Clock;
    readonly textLog: TextLog;
    readonly ours: Pick<PeerTable, "report">;
  },
): Reports {
  const { clock, textLog, ours } = deps;
  const known = new Map<string, HubReport>();
  const told = new Map<string, number>();
  const waiting = new Map<string, Set<(report: HubReport) => void>>();

  function take(hubId: string, report: HubReport): void {
    const shown: HubReport = {
      ...report,
      name: cleaned(report.name, 64),
      version: cleaned(report.version, 32),
      agents: report.agents.map((agent) => ({
        ...agent,
        role: cleaned(agent.role, 64),
        status: cleaned(agent.status, 32),
      })),
    };
    known.set(hubId, shown);
    for (const tell of waiting.get(hubId) ?? []) tell(shown);
    waiting.delete(hubId);
    table.changed();
  }

  async function tell(hubId: string): Promise<void> {
    const now = clock.now();
    if (Math.abs(now - (told.get(hubId) ?? 0)) < BETWEEN_MS) return;
    told.set(hubId, now);
    const room = await table.pair(hubId);
    await room.say({ kind: "report", report: ours.report() });
  }

  for (const room of table.rooms()) {
    if (room.kind !== "pair") continue;
    for (const { hubId } of room.members) {
      const last = lastOf(room, hubId, "report");
      if (last !== undefined) take(hubId, last.body.report);
    }
  }
  const stop = table.onHeard(({ from, body }) => {
    if (body.kind === "report") take(from, body.report);
    if (body.kind === "reportAsked")
      tell(from).catch((error: unknown) => {
        textLog.warn("A peer could not be told how this hub is.", {
          hubId: from,
          why: String(error),
        });
      });
  });

  return {
    of: (hubId) => known.get(hubId),
    async ask(hubId) {
      const room = await table.pair(hubId);
      if (!table.isConnected(hubId)) throw away();
      if (!table.theirs(hubId).includes("observe")) throw unseen();
      const answer = Promise.withResolvers<HubReport>();
      const over = new AbortController();
      const listeners = waiting.get(hubId) ?? new Set();
      waiting.set(hubId, listeners);
      listeners.add(answer.resolve);
      try {
        await room.say({ kind: "reportAsked" });
        return await Promise.race([
          answer.promise,
          clock.after(WAIT_MS, over.signal).then(() => {
            throw away();
          }),
        ]);
      } finally {
        over.abort();
        listeners.delete(answer.resolve);
      }
    },
    dispose: stop,
  };
}

function away(): RoundtableError {
  return new RoundtableError(
    "peer-unreachable",
    "The peer does not tell how it is: it is away, or slow to answer.",
    "Nothing was changed; ask again when it is connected.",
  );
}

function unseen(): RoundtableError {
  return new RoundtableError(
    "peer-refused",
    "That hub does not let this one observe it.",
    "Nothing was asked. Its owner can grant the scope `observe`.",
  );
}
