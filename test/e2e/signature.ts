import type { Draft } from "../../src/protocol/event.ts";

/**
 * Names events by what they mean, not by their ids, so that the same moment of two runs of one mission has the same name. Ids of tasks
 * and calls are told apart by the work they belong to and by their order within it, from the
 * start of this process; `before` is what earlier ones stored.
 */
export function createNames(
  before: readonly Draft[],
): (event: Draft) => string {
  const works = new Map<string, string>();
  const calls = new Map<string, string>();
  const counts = new Map<string, number>();
  const numbered = (name: string): string => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name}/${String(count)}`;
  };
  const work = (taskId: string): string => works.get(taskId) ?? "unknown";

  const learn = (event: Draft): void => {
    if (event.type === "TaskSubmitted")
      works.set(
        event.data.taskId,
        String(event.data.message.metadata?.["workKey"]),
      );
  };
  before.forEach(learn);

  return (event) => {
    learn(event);
    const { type, data } = event;
    switch (event.type) {
      case "TaskSubmitted":
        return `${type} ${work(event.data.taskId)}`;
      case "TaskStatusChanged":
        return numbered(
          `${type} ${work(event.data.taskId)} ${event.data.status.state}`,
        );
      case "TaskArtifactAdded":
        return `${type} ${work(event.data.taskId)}`;
      case "CallReserved":
      case "ToolCalled": {
        const name = numbered(`${type} ${work(event.data.taskId)}`);
        calls.set(event.data.callId, name);
        return name;
      }
      case "CallSettled":
      case "ToolReturned":
        return `${type} of ${calls.get(event.data.callId) ?? "unknown"}`;
      // How often is asked depends on which of two parallel steps comes first.
      case "PermissionAsked":
      case "PermissionAnswered":
        return type;
      case "BallotCast":
        return `${type} ${event.data.decisionId} ${event.data.ballot.agentId}`;
      case "EvidenceRecorded":
        return `${type} ${event.data.decisionId} ${event.data.evidence.id}`;
      case "StepBuilt":
        return `${type} ${String(event.data.attempt)} ${event.data.stepId}`;
      case "AgentSeated":
        return `${type} ${event.data.agentId}`;
      default: {
        const place =
          "decisionId" in data
            ? data.decisionId
            : "attempt" in data
              ? data.attempt
              : "";
        return `${type} ${String(place)}`.trim();
      }
    }
  };
}
