import { RoundtableError } from "../core/errors.ts";
import type { Clock, EventLog, Lifetime } from "../ports.ts";

/** A task's time: `signal` aborts with `turns-spent` when it is used up, or with the outer signal's reason. */
export interface TaskClock extends Lifetime {
  readonly signal: AbortSignal;
}

/** Shortest wait between two looks at the time, ms. */
const LOOK_MS = 1000;

/** Starts a task's clock. It stands still while a human is asked: people sleep. */
export function startTaskClock(
  ports: { readonly clock: Clock; readonly log: EventLog },
  task: {
    readonly missionId: string;
    readonly agentId: string;
    readonly limitMs: number;
  },
  outer: AbortSignal,
): TaskClock {
  const { clock } = ports;
  const startedAt = clock.now();
  const timeUp = new AbortController();
  const done = new AbortController();

  const watch = async (): Promise<void> => {
    for (;;) {
      const worked = clock.now() - startedAt - askedFor(ports, task, startedAt);
      const left = task.limitMs - worked;
      if (left <= 0) break;
      await clock.after(Math.max(left, LOOK_MS), done.signal);
    }
    timeUp.abort(
      new RoundtableError(
        "turns-spent",
        `The task took more than its ${String(Math.round(task.limitMs / 1000))} seconds.`,
        "What it did is in the log. Raise roundtable.minutesPerTask if it was on the right way.",
      ),
    );
  };
  // Ends with a rejection when the task is done first; a log that cannot be read ends the task elsewhere.
  watch().catch(() => undefined);

  return {
    signal: AbortSignal.any([outer, timeUp.signal]),
    dispose() {
      done.abort();
      return Promise.resolve();
    },
  };
}

/** Time since `since` that this agent waited for answers of a human, ms. */
function askedFor(
  { clock, log }: { readonly clock: Clock; readonly log: EventLog },
  {
    missionId,
    agentId,
  }: { readonly missionId: string; readonly agentId: string },
  since: number,
): number {
  const open = new Map<string, number>();
  let total = 0;
  for (const event of log.mission(missionId)) {
    if (event.type === "PermissionAsked" && event.data.agentId === agentId)
      open.set(event.data.permissionId, Math.max(event.at, since));
    if (event.type !== "PermissionAnswered") continue;
    const askedAt = open.get(event.data.permissionId);
    if (askedAt === undefined) continue;
    open.delete(event.data.permissionId);
    total += Math.max(0, event.at - askedAt);
  }
  for (const askedAt of open.values()) total += clock.now() - askedAt;
  return total;
}
