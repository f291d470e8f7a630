import type { TextLog } from "../ports.ts";
import {
  Deregister,
  Heartbeat,
  Register,
  TaskArtifactFrame,
  TaskStatusFrame,
  TaskTextFrame,
} from "../protocol/hub.ts";
import type { Connection } from "./connection.ts";
import type { Execution } from "./execution.ts";
import type { Registry } from "./registry.ts";
import { invalidField, overloaded, parseParams } from "./wireError.ts";

/** Hears words as agents type them. */
export type TextListener = (
  missionId: string,
  agentId: string,
  delta: string,
) => void;

/** The agent's side of the hub: seats and what seated agents say of their tasks. The same for agents in the process and over WebSocket. */
export interface AgentPort {
  /** `agent/register`; resolves once the agent sits. */
  register(
    connection: Connection,
    where: "inProcess" | "webSocket",
    params: unknown,
  ): Promise<{ readonly agentId: string }>;
  /** True for the other requests of agents: `agent/deregister` and `agent/heartbeat`. */
  answers(method: string): boolean;
  /** Does what such a request asks. */
  answer(
    connection: Connection,
    method: string,
    params: unknown,
  ): Promise<object>;
  /** `agent/heartbeat`, `task/status`, `task/artifact` and `task/text`, in order; what is nobody's business is dropped. */
  hear(connection: Connection, method: string, params: unknown): void;
  leave(connection: Connection, why: string): Promise<void>;
  onText(listener: TextListener): () => void;
}

/** Largest card, UTF-16 code units: each seating puts it into the log. */
const MAX_CARD = 65_536;
/** Seatings of one connection. */
const MAX_SEATINGS = 100;

function taskIdIn(params: unknown): string | undefined {
  return params !== null &&
    typeof params === "object" &&
    "taskId" in params &&
    typeof params.taskId === "string"
    ? params.taskId
    : undefined;
}

/** Makes the port over seats and running tasks. */
export function createAgentPort(parts: {
  readonly registry: Registry;
  readonly execution: Execution;
  readonly textLog: TextLog;
}): AgentPort {
  const { registry, execution, textLog } = parts;
  const listeners = new Set<TextListener>();
  const seatings = new WeakMap<Connection, number>();

  function tell(connection: Connection, frame: TaskTextFrame): void {
    const talking = execution.talking(connection, frame.taskId);
    if (talking === undefined) return;
    for (const listener of [...listeners])
      listener(talking.contextId, talking.agentId, frame.delta);
  }

  function take(connection: Connection, method: string, params: unknown): void {
    switch (method) {
      case "agent/heartbeat":
        registry.heartbeat(connection, parseParams(Heartbeat, params ?? {}));
        return;
      case "task/status": {
        const { taskId, status } = parseParams(TaskStatusFrame, params);
        execution.status(connection, taskId, status);
        return;
      }
      case "task/artifact": {
        const frame = parseParams(TaskArtifactFrame, params);
        const { taskId, artifact, append } = frame;
        execution.artifact(connection, taskId, artifact, append);
        return;
      }
      case "task/text":
        tell(connection, parseParams(TaskTextFrame, params));
        return;
      default:
        textLog.warn("a notification nobody knows was dropped", { method });
    }
  }

  return {
    async register(connection, where, params) {
      const registration = parseParams(Register, params);
      if (JSON.stringify(registration.card).length > MAX_CARD)
        throw invalidField("card", "is larger than 64 KiB");
      const count = (seatings.get(connection) ?? 0) + 1;
      if (count > MAX_SEATINGS) throw overloaded("seatings of one connection");
      seatings.set(connection, count);
      await registry.seat({ ...registration, where, connection });
      return { agentId: registration.agentId };
    },
    answers: (method) =>
      method === "agent/deregister" || method === "agent/heartbeat",
    async answer(connection, method, params) {
      if (method === "agent/heartbeat")
        registry.heartbeat(connection, parseParams(Heartbeat, params ?? {}));
      else {
        const { agentId } = parseParams(Deregister, params ?? {});
        await registry.giveUp(connection, agentId, "it deregistered");
      }
      return {};
    },
    hear(connection, method, params) {
      try {
        take(connection, method, params);
      } catch (error) {
        textLog.warn("an agent's words do not fit", {
          method,
          why: String(error),
        });
        // Half a result must not pass for a whole one.
        const taskId = taskIdIn(params);
        if (taskId !== undefined && method !== "task/text")
          execution.broke(connection, taskId);
      }
    },
    leave: (connection, why) => registry.leave(connection, why),
    onText(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
