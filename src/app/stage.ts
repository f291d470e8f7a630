import type { Reply } from "../ports.ts";
import type { AnswerOf, WorkOf } from "../protocol/work.ts";
import type { SharedMissions } from "../peering/missions/missions.ts";
import type { AppPorts } from "./appPorts.ts";
import type { Runner } from "./runner.ts";
import type { Trust } from "./trust.ts";
import type { Views } from "./views.ts";

/** What intents act on. */
export interface Stage {
  readonly ports: AppPorts;
  readonly views: Views;
  readonly trust: Trust;
  readonly runner: Runner;
  /** Asks one agent outside of a running line, after everybody has sat down; an agent that does not sit is a value. */
  readonly ask: (
    agentId: string,
    work: WorkOf<"resolve">,
    signal: AbortSignal,
  ) => Promise<Reply<AnswerOf<"resolve">>>;
  /** Missions with teammates. Rejects with `peering-failed` where there can be none. */
  readonly teammates: () => Promise<Pick<SharedMissions, "invite">>;
  /** Cancels every task at the hub, those of outside clients too. */
  readonly stopTasks: () => Promise<void>;
}
