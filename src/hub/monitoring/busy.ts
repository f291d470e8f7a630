import type { Clock } from "../../ports.ts";

/** Agents whose time is kept. */
const MAX_AGENTS = 1000;

interface Time {
  readonly tasks: Set<string>;
  readonly since: number;
  busyMs: number;
  /** When the first of the tasks under way began. */
  from: number;
}

/** How much of their time agents work. */
export interface Busy {
  /** The agent took the task; a task that is counted already changes nothing. */
  began(agentId: string, taskId: string): void;
  ended(taskId: string): void;
  /** The agent sits at the table from now on, unless it is known already. */
  seated(agentId: string): void;
  /** Each agent's time: tasks now, time with at least one task, and time since it sat down, ms. */
  all(): readonly {
    readonly agentId: string;
    readonly tasks: number;
    readonly busyMs: number;
    readonly knownMs: number;
  }[];
}

/** Keeps time from now on. */
export function keepTime(clock: Clock): Busy {
  const agents = new Map<string, Time>();
  const owners = new Map<string, Time>();

  function timeOf(agentId: string): Time | undefined {
    const known = agents.get(agentId);
    if (known !== undefined || agents.size >= MAX_AGENTS) return known;
    const now = clock.now();
    const time = { tasks: new Set<string>(), since: now, busyMs: 0, from: now };
    agents.set(agentId, time);
    return time;
  }

  return {
    began(agentId, taskId) {
      const time = timeOf(agentId);
      if (time === undefined || owners.has(taskId)) return;
      if (time.tasks.size === 0) time.from = clock.now();
      time.tasks.add(taskId);
      owners.set(taskId, time);
    },
    ended(taskId) {
      const time = owners.get(taskId);
      if (time === undefined) return;
      owners.delete(taskId);
      time.tasks.delete(taskId);
      if (time.tasks.size === 0) time.busyMs += clock.now() - time.from;
    },
    seated(agentId) {
      timeOf(agentId);
    },
    all() {
      const now = clock.now();
      return [...agents].map(([agentId, time]) => ({
        agentId,
        tasks: time.tasks.size,
        busyMs: time.busyMs + (time.tasks.size > 0 ? now - time.from : 0),
        knownMs: now - time.since,
      }));
    },
  };
}
