import type { Recorded } from "../protocol/event.ts";

/** Most commands that are told of one task. */
const MOST = 10;

/** A command that was run to its end. */
export interface CommandRun {
  readonly command: string;
  readonly exitCode: number;
}

/** Commands that the agent's task for this work ran to their end, as the log tells them; what was denied or broke off is none. The last ten. */
export function commandsRun(
  events: readonly Recorded[],
  agentId: string,
  workKey: string,
): readonly CommandRun[] {
  const tasks = new Set<string>();
  const called = new Map<string, string>();
  const ran: CommandRun[] = [];
  for (const event of events) {
    if (
      event.type === "TaskSubmitted" &&
      event.data.agentId === agentId &&
      event.data.message.metadata?.["workKey"] === workKey
    )
      tasks.add(event.data.taskId);
    if (event.type === "ToolCalled" && tasks.has(event.data.taskId))
      called.set(event.data.callId, event.data.summary);
    if (event.type !== "ToolReturned") continue;
    const { callId, exitCode } = event.data;
    const command = called.get(callId);
    if (command !== undefined && exitCode !== undefined)
      ran.push({ command, exitCode });
  }
  return ran.slice(-MOST);
}
