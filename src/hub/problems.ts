import { RoundtableError } from "../core/errors.ts";

/** The problem of everybody who still waits for something when the hub ends. */
export function hubClosed(): RoundtableError {
  return new RoundtableError(
    "hub-failed",
    "The hub has closed.",
    "What was acknowledged is in the log; it goes on where it stopped when the hub is started again.",
  );
}

/** The problem of who asks an agent that is not there. */
export function agentMissing(agentId: string): RoundtableError {
  return new RoundtableError(
    "agent-missing",
    `The agent "${agentId}" does not sit at this table.`,
    "What was said to it is kept; start the agent, then ask again.",
  );
}
