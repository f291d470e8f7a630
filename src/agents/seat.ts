/** An agent's side of the table: it registers, takes tasks, and says what comes of them. */
import { RoundtableError } from "../core/errors.ts";
import {
  RPC,
  RpcFault,
  createRpcPeer,
  methodNotFound,
} from "../core/rpcPeer.ts";
import type {
  Chance,
  Clock,
  EventLog,
  Lifetime,
  Models,
  Reply,
  TextLog,
  Transport,
} from "../ports.ts";
import type { TaskStatus } from "../protocol/a2a.ts";
import { HUB_STREAM } from "../protocol/event.ts";
import { Cancel, Execute } from "../protocol/hub.ts";
import type { RoleFile } from "../protocol/role.ts";
import { artifactOf } from "./answerArtifact.ts";
import type { Executor } from "./executor.ts";
import { agentCard } from "./role.ts";
import { openMessageDesk } from "./seatMessages.ts";
import { chatWork, isOfPeer, readRequest } from "./seatWork.ts";

/** What an agent needs to sit down. */
export interface SeatPorts {
  readonly executor: Executor;
  /** Models of a mission; of the hub's own stream the default ones. */
  modelsFor(missionId: string): Promise<Models | undefined>;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly textLog: TextLog;
  /** Version of Roundtable, for the card. */
  readonly version: string;
  /** Folder that questions from outside may read; undefined where none is open. */
  readonly chatRoot: string | undefined;
  /** Makes the empty folder in which agents talk to teammates' hubs; without it they do not. */
  readonly guestRoot?: () => Promise<string>;
}

/** An agent that sits. Disposing lets go of its tasks without ending them: they are taken up again by whoever sits there next. */
export interface Seated extends Lifetime {
  readonly agentId: string;
  /** Resolves when the connection ends, with why. */
  readonly ended: Promise<string>;
}

/** Sits down at the hub behind `transport`. Rejects with `RpcFault` when the hub says no, `RpcClosed` when it goes away. */
export async function takeSeat(
  ports: SeatPorts,
  role: RoleFile,
  transport: Transport,
): Promise<Seated> {
  const { executor, log, chance, textLog } = ports;
  const agentId = role.id;
  const running = new Map<
    string,
    { readonly done: Promise<void>; readonly cancel: AbortController }
  >();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const gone = new AbortController();

  const peer = createRpcPeer({
    send: (frame) => {
      transport.send(frame);
    },
    handle: (method, params) => {
      if (method === "task/execute") return execute(read(Execute, params));
      if (method === "envelope/deliver") return desk.take(params, gone.signal);
      if (method !== "task/cancel") throw methodNotFound(method);
      running.get(read(Cancel, params).taskId)?.cancel.abort(canceled());
      return undefined;
    },
    onProblem: (problem) => {
      textLog.warn("An agent met trouble on its line to the hub.", {
        agentId,
        why: String(problem),
      });
    },
  });

  const status = (
    { taskId, contextId }: Execute,
    state: TaskStatus["state"],
    words?: { readonly code?: string; readonly message: string },
  ): void => {
    const message =
      words === undefined
        ? {}
        : {
            message: {
              messageId: chance.id(),
              taskId,
              contextId,
              role: "ROLE_AGENT" as const,
              parts: [{ text: words.message }],
              ...(words.code !== undefined && {
                metadata: { code: words.code },
              }),
            },
          };
    peer.notify("task/status", {
      taskId,
      contextId,
      status: { state, ...message },
    });
  };

  const desk = openMessageDesk({
    agentId,
    chance,
    clock: ports.clock,
    send: (header, payload) => {
      peer.request("envelope/send", { header, payload }).catch(
        // Who asked has gone or the hub has: either way nobody waits for it.
        () => undefined,
      );
    },
    acknowledge: (seq) => {
      peer.notify("envelope/ack", { seqs: [seq] });
    },
    reply: (text, said, signal) => {
      const id = `message-${chance.id()}`;
      return ports.chatRoot === undefined
        ? Promise.resolve(NOTHING_OPEN)
        : executor.execute(
            chatWork({ taskId: id, contextId: id }, text, ports.chatRoot),
            role,
            { taskId: id, agentId, onText: () => undefined, onSaid: said },
            signal,
          );
    },
  });

  const perform = async (
    request: Execute,
    signal: AbortSignal,
  ): Promise<Reply & { readonly plain?: boolean }> => {
    const context = {
      taskId: request.taskId,
      agentId,
      onText: (delta: string) => {
        peer.notify("task/text", { taskId: request.taskId, delta });
      },
      onSaid: (message: string) => {
        status(request, "TASK_STATE_WORKING", { message });
      },
    };
    const asked = readRequest(request, log);
    if (asked.kind === "work")
      return executor.execute(asked.work, role, context, signal);
    if (asked.kind === "unusable")
      return { ok: false, code: "task-failed", message: asked.why };
    const guest = isOfPeer(request, log) ? "voice" : undefined;
    const root = guest ? await ports.guestRoot?.() : ports.chatRoot;
    if (root === undefined) return NOTHING_OPEN;
    const work = chatWork(request, asked.text, root, guest);
    const reply = await executor.execute(work, role, context, signal);
    return { ...reply, plain: true };
  };

  const run = async (request: Execute, signal: AbortSignal): Promise<void> => {
    status(request, "TASK_STATE_WORKING");
    try {
      const reply = await perform(request, signal);
      if (!reply.ok) {
        status(request, "TASK_STATE_FAILED", reply);
        return;
      }
      peer.notify("task/artifact", {
        taskId: request.taskId,
        artifact: artifactOf(reply, reply.plain === true),
      });
      status(request, "TASK_STATE_COMPLETED");
    } catch (error) {
      if (signal.aborted) {
        status(request, "TASK_STATE_CANCELED");
        return;
      }
      throw error;
    } finally {
      running.delete(request.taskId);
    }
  };

  const execute = async (request: Execute): Promise<object> => {
    const cancel = new AbortController();
    const entry = running.get(request.taskId) ?? {
      cancel,
      done: run(request, cancel.signal),
    };
    running.set(request.taskId, entry);
    await entry.done;
    return {};
  };

  const letGo = async (why: string): Promise<void> => {
    // Closed first: what the tasks still say on their way out is no end of theirs.
    peer.close(why);
    end(why);
    gone.abort(canceled());
    const tasks = [...running.values()];
    for (const { cancel } of tasks) cancel.abort(canceled());
    await Promise.allSettled(tasks.map(({ done }) => done));
  };

  transport.onFrame((frame) => {
    peer.onFrame(frame);
  });
  transport.onClose((why) => {
    void letGo(why);
  });

  try {
    await peer.request("agent/register", {
      agentId,
      role: role.role,
      lineage: await lineageOf(ports, role),
      card: agentCard(role, ports.version),
    });
  } catch (error) {
    transport.close("The agent could not sit down.");
    throw error;
  }

  return {
    agentId,
    ended,
    async dispose() {
      await letGo("the agent left");
      transport.close("the agent left");
    },
  };
}

/** A model that cannot be named now must not keep the agent from the table; its ballots carry the lineage that really answered. */
async function lineageOf(ports: SeatPorts, role: RoleFile): Promise<string> {
  try {
    const models = await ports.modelsFor(HUB_STREAM);
    const signal = AbortSignal.timeout(LINEAGE_MS);
    return (await models?.lineage(role.tier, signal)) ?? "none";
  } catch (error) {
    ports.textLog.warn("The model of a tier could not be looked up.", {
      tier: role.tier,
      why: String(error),
    });
    return "unknown";
  }
}

const NOTHING_OPEN = {
  ok: false,
  code: "task-failed",
  message: "No folder is open, so there is nothing to talk about.",
} as const satisfies Reply;

/** Longest the lookup of a model may keep an agent from its seat, ms. */
const LINEAGE_MS = 10_000;

function read<T>(
  schema: {
    safeParse(
      value: unknown,
    ): { success: true; data: T } | { success: false; error: Error };
  },
  params: unknown,
): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new RpcFault(RPC.invalidParams, "The parameters do not fit.");
}

function canceled(): RoundtableError {
  return new RoundtableError(
    "stopped",
    "The task was canceled.",
    "Nothing is lost; resume the mission to go on.",
  );
}
