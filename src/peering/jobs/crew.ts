import type { Crew } from "../../core/peering/jobNext.ts";
import type { PeerTable } from "../../ports/peering.ts";
import type { PeersShown } from "../../protocol/peers.ts";
import type { PeeringTable } from "../rooms.ts";

/** A hub away for longer than this loses its parts to others, ms. */
const AWAY_MS = 15_000;
/** Role of the agent that coordinates; it is given no parts, or jobs would breed jobs. */
export const COORDINATOR_ROLE = "coordinator";

/** Who can work, as this hub knows it. */
export interface Crews {
  /** This hub and every peer. `mono` is a monotonic clock, ms. */
  all(mono: number): readonly Crew[];
  /** The agents of this hub. */
  ours(): Crew["agents"];
}

/** Watches who is there; a peer that was not seen since this was made counts as seen then. */
export function watchCrews(parts: {
  readonly self: string;
  readonly table: Pick<PeeringTable, "peers" | "isConnected" | "theirs">;
  readonly own: Pick<PeerTable, "published" | "report">;
  readonly shown: () => PeersShown;
  readonly mono: number;
}): Crews {
  const { self, table, own, shown, mono: began } = parts;
  const seen = new Map<string, number>();

  const stateOf = (hubId: string, mono: number): Crew["state"] => {
    if (table.isConnected(hubId)) {
      seen.set(hubId, mono);
      return table.theirs(hubId).includes("message") ? "here" : "away";
    }
    return mono - (seen.get(hubId) ?? began) <= AWAY_MS ? "lately" : "away";
  };

  const ours = (): Crew["agents"] => {
    const { agents } = own.report();
    return own
      .published()
      .filter(({ role }) => role !== COORDINATOR_ROLE)
      .map(({ agentId }) => ({ agentId, load: loadOf(agents, agentId) }));
  };

  return {
    ours,
    all(mono) {
      const lines = new Map(shown().peers.map((line) => [line.hubId, line]));
      const peers = table.peers().map(({ hubId }) => {
        const line = lines.get(hubId);
        const agents = (line?.agents ?? [])
          .filter(({ role }) => role !== COORDINATOR_ROLE)
          .map(({ agentId }) => ({
            agentId,
            load: loadOf(line?.report?.agents ?? [], agentId),
          }));
        return { hubId, state: stateOf(hubId, mono), agents };
      });
      return [{ hubId: self, state: "here", agents: ours() }, ...peers];
    },
  };
}

function loadOf(
  reported: readonly {
    readonly agentId: string;
    readonly running: number;
    readonly waiting: number;
  }[],
  agentId: string,
): number {
  const found = reported.find((one) => one.agentId === agentId);
  return found === undefined ? 0 : found.running + found.waiting;
}
