import { toProblem } from "../core/errors.ts";
import type { Lifetime, Models, Transport } from "../ports.ts";
import type { RoleFile } from "../protocol/role.ts";
import {
  createExecutor,
  type ExecutorLimits,
  type ExecutorPorts,
} from "./executor.ts";
import { takeSeat, type Seated, type SeatPorts } from "./seat.ts";
import { sharedModels } from "./sharedModels.ts";

/** What a team needs from outside. */
export interface TeamPorts extends ExecutorPorts, Omit<SeatPorts, "executor"> {
  /** A new way to the hub, one per agent. */
  connect(): Transport;
}

/** A team at the table; disposing lets everyone leave, and waits for what they have under way to let go. */
export interface SeatedTeam extends Lifetime {
  readonly agents: readonly Seated[];
}

/** Turns of one provider under way at once. */
const TURNS_AT_ONCE = 6;

/** Seats one agent per role file. All sit or none: when one cannot, the others leave again and the reason is thrown. */
export async function seatTeam(
  ports: TeamPorts,
  roles: readonly RoleFile[],
  limits?: ExecutorLimits,
  turnsAtOnce = TURNS_AT_ONCE,
): Promise<SeatedTeam> {
  const shared = new WeakMap<Models, Models>();
  const modelsFor = async (missionId: string): Promise<Models | undefined> => {
    const models = await ports.modelsFor(missionId);
    if (models === undefined) return undefined;
    const known = shared.get(models);
    if (known !== undefined) return known;
    const made = sharedModels(models, ports, turnsAtOnce);
    shared.set(models, made);
    return made;
  };
  const executor = createExecutor({ ...ports, modelsFor }, limits);
  const seats = await Promise.allSettled(
    roles.map((role) =>
      takeSeat({ ...ports, modelsFor, executor }, role, ports.connect()),
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
