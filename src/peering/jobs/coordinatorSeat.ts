/** The agent "coordinator": spreads work over hubs and reports on them. It has no model. */
import { toProblem } from "../../core/errors.ts";
import {
  createRpcPeer,
  methodNotFound,
  RPC,
  RpcFault,
  type RpcPeer,
} from "../../core/rpcPeer.ts";
import type { Chance, Lifetime, TextLog, Transport } from "../../ports.ts";
import type { AgentCard, Message, TaskState } from "../../protocol/a2a.ts";
import { Cancel, Execute, WS_BINDING } from "../../protocol/hub.ts";
import { COORDINATOR_ROLE } from "./crew.ts";
import type { Jobs } from "./jobs.ts";

/** Its id at every hub, and the role it has. */
export const COORDINATOR_ID = COORDINATOR_ROLE;

const COORDINATE = /^\s*coordinate\b[\s:,]*/i;
const REPORT = /^\s*status[ -]report\b/i;
const WHAT_I_DO =
  'I spread work over the hubs at this table. Begin with "coordinate" and say what is to be done, one part per line or parted by semicolons; or ask for a "status report".';

/** What it needs to sit down. */
export interface CoordinatorPorts {
  readonly jobs: Pick<Jobs, "coordinate" | "ended" | "status">;
  /** A new way to the hub. */
  readonly connect: () => Transport;
  readonly chance: Pick<Chance, "id">;
  readonly textLog: TextLog;
  /** Version of Roundtable, for the card. */
  readonly version: string;
}

/** Whether a message that names no agent is for the coordinator. */
export function isForCoordinator(message: Message): boolean {
  const text = textOf(message);
  return COORDINATE.test(text) || REPORT.test(text);
}

/** Seats the coordinator. What it has under way when it leaves is taken up by the next: a job is named after its task. Rejects with `RpcFault` when the hub says no. */
export async function seatCoordinator(
  ports: CoordinatorPorts,
): Promise<Lifetime> {
  const { chance, textLog, version } = ports;
  const transport = ports.connect();
  const running = new Map<string, AbortController>();

  const handle = (method: string, params: unknown): unknown => {
    switch (method) {
      case "task/execute":
        return execute(read(Execute, params));
      case "task/cancel":
        running
          .get(read(Cancel, params).taskId)
          ?.abort(new Error("the task was canceled"));
        return undefined;
      // It answers A2A; a message on a topic or to everyone is nothing to it.
      case "envelope/deliver":
        return undefined;
      default:
        throw methodNotFound(method);
    }
  };

  const peer: RpcPeer = createRpcPeer({
    send: (frame) => {
      transport.send(frame);
    },
    handle,
    onProblem: (problem) => {
      textLog.warn("the coordinator met trouble on its line to the hub", {
        why: String(problem),
      });
    },
  });

  const tellState = (
    { taskId, contextId }: Execute,
    state: TaskState,
    words?: string,
  ): void => {
    const message = words !== undefined && {
      message: {
        messageId: chance.id(),
        taskId,
        contextId,
        role: "ROLE_AGENT",
        parts: [{ text: words }],
      },
    };
    peer.notify("task/status", {
      taskId,
      contextId,
      status: { state, ...message },
    });
  };

  const execute = async (request: Execute): Promise<object> => {
    const { taskId } = request;
    if (running.has(taskId)) return {};
    const cancel = new AbortController();
    running.set(taskId, cancel);
    tellState(request, "TASK_STATE_WORKING");
    try {
      const { name, text, data } = await answer(request, cancel.signal);
      peer.notify("task/artifact", {
        taskId,
        artifact: {
          artifactId: name,
          name,
          parts: [
            { text },
            ...(data === undefined
              ? []
              : [{ data, mediaType: "application/json" }]),
          ],
        },
      });
      tellState(request, "TASK_STATE_COMPLETED");
    } catch (error) {
      if (cancel.signal.aborted) tellState(request, "TASK_STATE_CANCELED");
      else {
        const { message, next } = toProblem(error);
        tellState(request, "TASK_STATE_FAILED", `${message} ${next}`);
      }
    } finally {
      running.delete(taskId);
    }
    return {};
  };

  const answer = async (
    { taskId, message }: Execute,
    signal: AbortSignal,
  ): Promise<{
    readonly name: string;
    readonly text: string;
    readonly data?: unknown;
  }> => {
    const text = textOf(message);
    if (REPORT.test(text)) {
      const { text: said, ...data } = await ports.jobs.status();
      return { name: "status-report", text: said, data };
    }
    const goal = text.replace(COORDINATE, "").trim();
    if (!COORDINATE.test(text) || goal === "")
      return { name: "answer", text: WHAT_I_DO };
    const room = await ports.jobs.coordinate({ goal, id: jobOf(taskId) });
    const { text: gathered = "", parts } = await ports.jobs.ended(room, signal);
    return { name: "gathered", text: gathered, data: { room, parts } };
  };

  transport.onFrame((frame) => {
    peer.onFrame(frame);
  });
  transport.onClose((why) => {
    peer.close(why);
    for (const cancel of running.values()) cancel.abort(new Error(why));
  });
  try {
    await peer.request("agent/register", {
      agentId: COORDINATOR_ID,
      role: COORDINATOR_ROLE,
      lineage: "none",
      card: cardOf(version),
    });
  } catch (error) {
    transport.close("The coordinator could not sit down.");
    throw error;
  }
  return {
    dispose() {
      // Closed first: what the tasks still say on their way out is no end of theirs.
      peer.close("the coordinator left");
      for (const cancel of running.values())
        cancel.abort(new Error("the coordinator left"));
      transport.close("the coordinator left");
      return Promise.resolve();
    },
  };
}

/** The room of the job a task opened: the same task taken up again goes on with the same job. */
function jobOf(taskId: string): string {
  return `job-${taskId.toLowerCase().replace(/[^a-z0-9]/g, "-")}`.slice(0, 64);
}

function textOf({ parts }: Message): string {
  return parts
    .flatMap(({ text }) => (text === undefined ? [] : [text]))
    .join("\n")
    .trim();
}

function cardOf(version: string): AgentCard {
  return {
    name: "Coordinator",
    description:
      "Spreads work over the hubs at the table and gathers it; reports how they are.",
    version,
    supportedInterfaces: [
      {
        url: `urn:roundtable:seat:${COORDINATOR_ID}`,
        protocolBinding: WS_BINDING,
        protocolVersion: "1.0",
      },
    ],
    capabilities: { streaming: true, pushNotifications: false },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain", "application/json"],
    skills: [
      {
        id: "coordinate",
        name: "Coordinate",
        description:
          'What follows "coordinate" is cut into parts, given to agents of several hubs, and gathered.',
        tags: ["coordination"],
      },
      {
        id: "status-report",
        name: "Status report",
        description: "How every hub at the table is, in one report.",
        tags: ["monitoring"],
      },
    ],
  };
}

function read<T>(
  schema: {
    safeParse(
      value: unknown,
    ):
      | { readonly success: true; readonly data: T }
      | { readonly success: false };
  },
  params: unknown,
): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new RpcFault(RPC.invalidParams, "The parameters do not fit.");
}
