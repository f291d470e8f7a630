import { toProblem } from "../core/errors.ts";
import type { Lifetime, Transport } from "../ports.ts";
import type { RoleFile } from "../protocol/role.ts";
import {
  createExecutor,
  type ExecutorLimits,
  type ExecutorPorts,
} from "./executor.ts";
import { takeSeat, type Seated, type SeatPorts } from "./seat.ts";
import { sharedModels } from "./sharedModels.ts";

/** What a team needs from outside. */
export interface TeamPorts
  extends ExecutorPorts, Omit<SeatPorts, "executor" | "models"> {
  /** A new way to the hub, one per agent. */
  connect(): Transport;
}

/** A team at the table; disposing lets everyone leave, and waits for what they have under way to let go. */
export interface SeatedTeam extends Lifetime {
  readonly agents: readonly Seated[];
}

/** Model turns of one hub under way at once. */
const TURNS_AT_ONCE = 6;

/** Seats one agent per role file. All sit or none: when one cannot, the others leave again and the reason is thrown. */
export async function seatTeam(
  ports: TeamPorts,
  roles: readonly RoleFile[],
  limits?: ExecutorLimits,
  turnsAtOnce = TURNS_AT_ONCE,
): Promise<SeatedTeam> {
  const models =
    ports.models === undefined
      ? undefined
      : sharedModels(ports.models, ports.hash, turnsAtOnce);
  const executor = createExecutor({ ...ports, models }, limits);
  const seats = await Promise.allSettled(
    roles.map((role) =>
      takeSeat({ ...ports, models, executor }, role, ports.connect()),
    ),
  );
  const agents = seats.flatMap((seat) =>
    seat.status === "fulfilled" ? [seat.value] : [],
  );
  const leave = async (): Promise<void> => {
    await Promise.all(agents.map((agent) => agent.dispose()));
  };
  const failed = seats.find((seat) => seat.status === "rejected");
  if (failed !== undefined) {
    await leave();
    throw toProblem(failed.reason);
  }
  return { agents, dispose: leave };
}
