import type { EventLog } from "../../ports.ts";
import type { Metrics } from "../../ports/monitoring.ts";
import type { Recorded } from "../../protocol/event.ts";
import { boundedMap } from "./boundedMap.ts";
import type { Busy } from "./busy.ts";
import { countDecisions } from "./decisionCounts.ts";
import { countModels } from "./modelCounts.ts";

/** Tasks that are remembered while they last. */
const MAX_TASKS = 10_000;

const ENDS: Readonly<Record<string, string>> = {
  TASK_STATE_COMPLETED: "completed",
  TASK_STATE_FAILED: "failed",
  TASK_STATE_CANCELED: "canceled",
  TASK_STATE_REJECTED: "rejected",
};

interface Running {
  readonly agentId: string;
  readonly from: string;
  readonly at: number;
  answered: boolean;
}

/** Names that are no agent's but one of the hub's own stand for themselves; clients are not told apart. */
function speaker(name: string): string {
  return name === "" ? "client" : name;
}

/**
 * Counts what the log is told from now on; what it held before is not read, so that start-up costs nothing. A task that began before is
 * counted when it ends, but not timed. Returns how to stop.
 */
export function countEvents(
  log: EventLog,
  metrics: Metrics,
  busy: Busy,
): () => void {
  const running = boundedMap<string, Running>(MAX_TASKS);
  const decisions = countDecisions(metrics);
  const models = countModels(log, metrics);

  function said(from: string, to: string): void {
    metrics.count("roundtable_messages_sent_total", { agent: speaker(from) });
    metrics.count("roundtable_messages_received_total", { agent: speaker(to) });
  }

  /** The agent's first word on a task is its response. */
  function answered(taskId: string, at: number): Running | undefined {
    const task = running.get(taskId);
    if (task === undefined || task.answered) return task;
    task.answered = true;
    metrics.observe("roundtable_task_response_seconds", (at - task.at) / 1000, {
      agent: task.agentId,
    });
    return task;
  }

  function take(event: Recorded): void {
    switch (event.type) {
      case "TaskSubmitted": {
        const { taskId, agentId, from } = event.data;
        running.set(taskId, { agentId, from, at: event.at, answered: false });
        busy.began(agentId, taskId);
        said(from, agentId);
        break;
      }
      case "MessageSent":
        said(event.data.from, event.data.to);
        break;
      case "TaskArtifactAdded": {
        const task = answered(event.data.taskId, event.at);
        if (task !== undefined) said(task.agentId, task.from);
        break;
      }
      case "TaskStatusChanged": {
        const { taskId, status } = event.data;
        // The hub's own word on a task, such as its cancellation, is no answer of the agent.
        const task =
          event.by === "hub" ? running.get(taskId) : answered(taskId, event.at);
        if (task !== undefined && event.by !== "hub")
          said(task.agentId, task.from);
        const state = ENDS[status.state];
        if (state === undefined) break;
        const agent = task?.agentId ?? event.by;
        metrics.count("roundtable_tasks_total", { agent, state });
        busy.ended(taskId);
        if (task === undefined) break;
        running.delete(taskId);
        metrics.observe(
          "roundtable_task_duration_seconds",
          (event.at - task.at) / 1000,
          { agent },
        );
        break;
      }
      case "TaskReassigned":
        metrics.count("roundtable_tasks_reassigned_total");
        busy.ended(event.data.taskId);
        busy.began(event.data.to, event.data.taskId);
        break;
      case "AgentUnhealthy":
        metrics.count("roundtable_agents_unhealthy_total", {
          agent: event.data.agentId,
        });
        break;
      case "MissionClosed":
        metrics.count("roundtable_missions_ended_total", {
          outcome: event.data.outcome.kind,
        });
        break;
      case "PermissionAsked":
        metrics.count("roundtable_permissions_asked_total", {
          what: event.data.what,
        });
        break;
      default:
        decisions(event);
        models(event);
    }
  }

  return log.subscribe((events) => {
    metrics.count("roundtable_log_events_total", undefined, events.length);
    for (const event of events) take(event);
  });
}
