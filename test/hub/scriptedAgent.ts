/** An agent without a model: it does what the message's text says. It speaks the wire of `protocol/hub.ts` and nothing else. */
import {
  RpcFault,
  createRpcPeer,
  methodNotFound,
} from "../../src/core/rpcPeer.ts";
import type { RpcPeer } from "../../src/core/rpcPeer.ts";
import type { Transport } from "../../src/ports.ts";
import type { AgentCard, Part, TaskState } from "../../src/protocol/a2a.ts";
import type { Register } from "../../src/protocol/hub.ts";
import { Cancel, Execute } from "../../src/protocol/hub.ts";
import { ANSWER_MEDIA_TYPE } from "../../src/protocol/work.ts";

export interface ScriptedAgent {
  readonly peer: RpcPeer;
  /** Task ids in the order they were given to it, one per execution. */
  readonly executed: readonly string[];
  /** Most executions of one task it ever had at once. */
  readonly mostAtOnce: () => number;
  /** Task ids it was told to cancel. */
  readonly canceled: readonly string[];
  /** Makes the next executions follow this script instead of their message; undefined ends that. */
  follow(script: string | undefined): void;
  /** Lets every `hold` go on. */
  release(): void;
  leave(): void;
}

export function cardOf(name: string): AgentCard {
  return {
    name,
    description: `${name} does as it is told`,
    version: "1",
    supportedInterfaces: [
      {
        url: "urn:in-process",
        protocolBinding: "NONE",
        protocolVersion: "1.0",
      },
    ],
    capabilities: { streaming: true },
    defaultInputModes: ["text/plain", "application/json"],
    defaultOutputModes: ["text/plain"],
    skills: [],
  };
}

const PLAN = {
  kind: "plan",
  plan: {
    summary: "Do it.",
    steps: [
      { id: "one", title: "One", intent: "Do one.", files: [], dependsOn: [] },
    ],
    risks: [],
    doneWhen: [],
  },
};

/** Seats an agent over any transport. Scripts, as the first words of the message: `echo TEXT`, `stream N`, `ask`, `hold`, `linger`, `hang`, `wait`, `fail TEXT`, `say TEXT`, `reject`, `nothing`, `rubbish`; `Please plan…` gives a plan. */
export async function seatAgent(
  transport: Transport,
  agentId: string,
  more: Partial<Register> = {},
): Promise<ScriptedAgent> {
  const executed: string[] = [];
  const canceled: string[] = [];
  const atOnce = new Map<string, number>();
  const onCancel = new Map<string, () => void>();
  let most = 0;
  let script: string | undefined;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });

  async function act(params: unknown): Promise<void> {
    const { taskId, contextId, message } = Execute.parse(params);
    const text = script ?? message.parts[0]?.text ?? "";
    const [verb = "", rest = ""] = text.split(/ (.*)/s, 2);
    const status = (
      state: TaskState,
      words?: string,
      metadata?: Record<string, unknown>,
    ): void => {
      const said =
        words === undefined
          ? {}
          : {
              message: {
                messageId: `${taskId}-${state}-${String(executed.length)}`,
                role: "ROLE_AGENT",
                parts: [{ text: words }],
                ...(metadata === undefined ? {} : { metadata }),
              },
            };
      peer.notify("task/status", {
        taskId,
        contextId,
        status: { state, ...said },
      });
    };
    const artifact = (parts: readonly Part[], append = false): void => {
      peer.notify("task/artifact", {
        taskId,
        artifact: { artifactId: "result", parts },
        append,
      });
    };
    status("TASK_STATE_WORKING");
    switch (verb) {
      case "echo":
        artifact([{ text: rest }]);
        {
          status("TASK_STATE_COMPLETED");
          return;
        }
      case "stream":
        for (let count = 0; count < Number(rest); count += 1) {
          peer.notify("task/text", { taskId, delta: `${String(count)} ` });
          artifact([{ text: `${String(count)} ` }], count > 0);
        }
        {
          status("TASK_STATE_COMPLETED");
          return;
        }
      case "ask": {
        status("TASK_STATE_INPUT_REQUIRED", "Which one?");
        return;
      }
      case "hold":
        await released;
        artifact([{ text: `held ${rest}` }]);
        {
          status("TASK_STATE_COMPLETED");
          return;
        }
      case "linger":
        return released;
      case "hang":
        return new Promise(() => undefined);
      case "wait":
        await new Promise<void>((resolve) => {
          onCancel.set(taskId, resolve);
        });
        {
          status("TASK_STATE_CANCELED");
          return;
        }
      case "give":
        await new Promise<void>((resolve) => {
          onCancel.set(taskId, resolve);
        });
        throw new RpcFault(-32000, "given up", { code: "stopped" });
      case "fail":
        throw new RpcFault(-32000, rest, { code: "model-failed" });
      case "say": {
        status("TASK_STATE_FAILED", rest, { code: "bad-key" });
        return;
      }
      case "reject": {
        status("TASK_STATE_REJECTED", "not for me");
        return;
      }
      case "nothing":
        return;
      case "rubbish":
        peer.notify("task/artifact", { taskId, artifact: { parts: [] } });
        return new Promise(() => undefined);
      case "Please":
        artifact([{ data: PLAN, mediaType: ANSWER_MEDIA_TYPE }]);
        {
          status("TASK_STATE_COMPLETED");
          return;
        }
      default:
        artifact([{ text: `heard ${text}` }]);
        {
          status("TASK_STATE_COMPLETED");
          return;
        }
    }
  }

  const peer = createRpcPeer({
    send: (frame) => {
      transport.send(frame);
    },
    async handle(method, params) {
      if (method === "task/cancel") {
        const { taskId } = Cancel.parse(params);
        canceled.push(taskId);
        onCancel.get(taskId)?.();
        return undefined;
      }
      if (method !== "task/execute") throw methodNotFound(method);
      const { taskId } = Execute.parse(params);
      executed.push(taskId);
      const now = (atOnce.get(taskId) ?? 0) + 1;
      atOnce.set(taskId, now);
      most = Math.max(most, now);
      try {
        await act(params);
      } finally {
        atOnce.set(taskId, (atOnce.get(taskId) ?? 1) - 1);
      }
      return {};
    },
  });
  transport.onFrame((frame) => {
    peer.onFrame(frame);
  });
  transport.onClose((why) => {
    peer.close(why);
  });
  await peer.request("agent/register", {
    agentId,
    role: agentId,
    lineage: "scripted-1",
    card: cardOf(agentId),
    ...more,
  });
  return {
    peer,
    executed,
    canceled,
    mostAtOnce: () => most,
    follow: (next) => {
      script = next;
    },
    release,
    leave: () => {
      transport.close("leaving");
    },
  };
}
