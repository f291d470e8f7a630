import { toProblem } from "../../core/errors.ts";
import type {
  Chance,
  Clock,
  EventLog,
  Hash,
  Lifetime,
  TextLog,
  Transport,
} from "../../ports.ts";
import type { PeersDesk, PeerTable } from "../../ports/peering.ts";
import type { Message } from "../../protocol/a2a.ts";
import type { PeeringTable } from "../rooms.ts";
import {
  COORDINATOR_ID,
  isForCoordinator,
  seatCoordinator,
} from "./coordinatorSeat.ts";
import { openJobs } from "./jobs.ts";

/** Work over hubs at this one: its jobs, and the agent that is asked for them. */
export interface SpreadWork extends Lifetime {
  /** Seats the agent behind everybody else. */
  start(): void;
  /** The coordinator, for a message that begins like one for it; undefined for any other. */
  preferred(message: Message): string | undefined;
  /** Jobs this hub takes part in that are not done. */
  open(): number;
}

/** Opens the jobs of this hub. */
export async function spreadWork(parts: {
  readonly table: PeeringTable & Pick<PeersDesk, "shown" | "ask">;
  readonly own: Pick<PeerTable, "published" | "report" | "send">;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly version: string;
  /** Whether the kill switch is pulled. */
  readonly stopped: () => boolean;
  /** Lets everybody else sit down. */
  readonly seat: () => Promise<unknown>;
  readonly connect: () => Transport;
}): Promise<SpreadWork> {
  const { table, textLog } = parts;
  const jobs = openJobs({
    ...parts,
    self: await table.self(),
    shown: () => table.shown(),
    askReport: (hubId) => table.ask("peers/report", { hubId }, "hub"),
    mono: () => performance.now(),
  });
  let seating: Promise<Lifetime | undefined> | undefined;

  async function sit(): Promise<Lifetime | undefined> {
    try {
      // Behind the others: who names no agent gets the first that sat down.
      await parts.seat();
      return await seatCoordinator({ ...parts, jobs });
    } catch (error) {
      textLog.warn("The coordinator could not sit down.", {
        why: toProblem(error).message,
      });
      return undefined;
    }
  }

  return {
    start() {
      seating ??= sit();
    },
    preferred: (message) =>
      isForCoordinator(message) ? COORDINATOR_ID : undefined,
    open: () => jobs.open(),
    async dispose() {
      await (await seating)?.dispose();
      await jobs.dispose();
    },
  };
}
