import type { Recorded } from "../protocol/event.ts";

/** Most commands that are told of one task. */
const MOST = 10;

/** Commands that the agent's task for this work ran to their end, whatever they said, as the log tells them; what was denied or broke off is none. */
export function commandsRun(
  events: readonly Recorded[],
  agentId: string,
  workKey: string,
): readonly string[] {
  const tasks = new Set<string>();
  const called = new Map<string, string>();
  const ran: string[] = [];
  for (const event of events) {
    if (
      event.type === "TaskSubmitted" &&
      event.data.agentId === agentId &&
      event.data.message.metadata?.["workKey"] === workKey
    )
      tasks.add(event.data.taskId);
    if (event.type === "ToolCalled" && tasks.has(event.data.taskId))
      called.set(event.data.callId, event.data.summary);
    if (event.type !== "ToolReturned" || event.data.exitCode === undefined)
      continue;
    const command = called.get(event.data.callId);
    if (command !== undefined)
      ran.push(`${command} (exit code ${String(event.data.exitCode)})`);
  }
  return ran.slice(-MOST);
}
