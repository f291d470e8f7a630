import type { AgentStatus, Heartbeat } from "../protocol/hub.ts";

/** What is known of a seated agent beyond what it said when it sat down. Times in ms since 1970. */
export interface Presence {
  readonly seatedAt: number;
  /** When it last said that it lives. */
  heardAt: number;
  status: AgentStatus;
  /** What it said of itself, 0 to 1; undefined as long as it said nothing. */
  load: number | undefined;
  /** Since when it has had nothing to do. */
  idleSince: number;
  /** Why it is not well; undefined when it is. */
  unhealthy: string | undefined;
}

/** How an agent is that just sat down: ready and well. */
export function presentSince(now: number): Presence {
  return {
    seatedAt: now,
    heardAt: now,
    status: "ready",
    load: undefined,
    idleSince: now,
    unhealthy: undefined,
  };
}

/** Takes in what an agent said of itself; what it left out stays as it was. */
export function takeHeartbeat(
  presence: Presence,
  { load, status }: Pick<Heartbeat, "load" | "status">,
  now: number,
): void {
  presence.heardAt = now;
  if (load !== undefined) presence.load = load;
  if (status !== undefined) presence.status = status;
}
