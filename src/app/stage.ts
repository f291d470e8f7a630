import type { AppPorts } from "./appPorts.ts";
import type { Runner } from "./runner.ts";
import type { Views } from "./views.ts";

/** What intents act on. */
export interface Stage {
  readonly ports: AppPorts;
  readonly views: Views;
  readonly runner: Runner;
  /** Cancels every task at the hub, those of outside clients too. */
  readonly stopTasks: () => Promise<void>;
}
