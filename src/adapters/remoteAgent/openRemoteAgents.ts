import { toProblem } from "../../core/errors.ts";
import {
  createRpcPeer,
  methodNotFound,
  RPC,
  RpcFault,
} from "../../core/rpcPeer.ts";
import type {
  Clock,
  RemoteAgents,
  RemoteLink,
  RemoteSeat,
  TextLog,
  Transport,
} from "../../ports.ts";
import type { AgentCard } from "../../protocol/a2a.ts";
import { Cancel, Execute } from "../../protocol/hub.ts";
import type { Client } from "./client.ts";
import { createClient } from "./client.ts";
import type { There } from "./errand.ts";
import { runErrand } from "./errand.ts";
import { ask, checkedUrl, jsonOf, MAX_BYTES, troubled } from "./http.ts";

/** Tasks that are with one server at once. */
const CONCURRENCY = 16;
/** How long a server may take to cancel, ms; the hub itself waits 3 s. */
const CANCEL_MS = 2500;
/** Tasks and conversations whose names at the other end are remembered. */
const MAX_KNOWN = 1000;

/** The way to A2A servers elsewhere. Tokens are read from the environment or by `secret` when they are sent, and kept nowhere. */
export function openRemoteAgents(options: {
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A secret by name; undefined where there is none of it. */
  readonly secret: (name: string) => Promise<string | undefined>;
}): RemoteAgents {
  async function tokenOf(from: string | undefined): Promise<string> {
    if (from === undefined) return "";
    const [kind, name = ""] = from.split(":", 2);
    const token =
      kind === "env" ? options.env[name] : await options.secret(name);
    // What cannot be a header's value would be told in the error.
    if (token !== undefined && /^[\x21-\x7e]{1,4096}$/.test(token))
      return token;
    throw troubled(
      `wants a token, and there is none under ${from}`,
      kind === "env"
        ? "Set that variable in the environment of the hub, start the hub again, then try again."
        : "Add the server again with its token.",
    );
  }

  return {
    async card({ cardUrl, tokenFrom }, signal) {
      const url = checkedUrl(cardUrl);
      const token = await tokenOf(tokenFrom);
      const response = await ask({ url, token, signal }, "application/json");
      return jsonOf(response, MAX_BYTES.card);
    },
    async seat(link, card, transport) {
      const client = createClient({
        card,
        cardUrl: checkedUrl(link.cardUrl),
        token: () => tokenOf(link.tokenFrom),
      });
      return sit(options, { link, card, client }, transport);
    },
  };
}

function remember<T>(known: Map<string, T>, key: string, value: T): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

async function sit(
  { clock, textLog }: { readonly clock: Clock; readonly textLog: TextLog },
  parts: {
    readonly link: RemoteLink;
    readonly card: AgentCard;
    readonly client: Client;
  },
  transport: Transport,
): Promise<RemoteSeat> {
  const { link, card, client } = parts;
  const { agentId, role } = link;
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const running = new Map<
    string,
    { readonly over: AbortController; readonly contextId: string }
  >();
  const tasks = new Map<string, There>();
  const contexts = new Map<string, string>();

  async function execute(request: Execute): Promise<object> {
    const { taskId, contextId } = request;
    const there = tasks.get(taskId) ?? {
      taskId: undefined,
      contextId: contexts.get(contextId),
    };
    remember(tasks, taskId, there);
    const over = new AbortController();
    const entry = { over, contextId };
    running.set(taskId, entry);
    try {
      await runErrand({ client, peer, clock }, request, there, over.signal);
    } catch (error) {
      if (over.signal.aborted) throw new RpcFault(-32000, "It was canceled.");
      const { message, next } = toProblem(error);
      textLog.warn("a server elsewhere could not do a task", {
        agentId,
        taskId,
        why: message,
      });
      throw new RpcFault(-32000, `${message} ${next}`, { code: "task-failed" });
    } finally {
      if (running.get(taskId) === entry) running.delete(taskId);
      if (there.contextId !== undefined)
        remember(contexts, contextId, there.contextId);
    }
    return {};
  }

  async function cancel(taskId: string): Promise<void> {
    const there = tasks.get(taskId)?.taskId;
    const entry = running.get(taskId);
    try {
      if (there === undefined || entry === undefined) return;
      const late = AbortSignal.timeout(CANCEL_MS);
      const { state } = (await client.cancel(there, late)).status;
      const { contextId } = entry;
      peer.notify("task/status", { taskId, contextId, status: { state } });
    } catch (error) {
      textLog.warn("a server elsewhere did not cancel a task", {
        agentId,
        taskId,
        why: toProblem(error).message,
      });
    } finally {
      entry?.over.abort(new Error("canceled"));
    }
  }

  const peer = createRpcPeer({
    send: (frame) => {
      transport.send(frame);
    },
    handle: (method, params) => {
      if (method === "task/execute") return execute(read(Execute, params));
      if (method !== "task/cancel") throw methodNotFound(method);
      void cancel(read(Cancel, params).taskId);
      return undefined;
    },
    onProblem: (problem) => {
      textLog.warn("a server elsewhere met trouble on its line to the hub", {
        agentId,
        why: String(problem),
      });
    },
  });
  const letGo = (why: string): void => {
    peer.close(why);
    for (const { over } of running.values()) over.abort(new Error(why));
    end(why);
  };
  transport.onFrame((frame) => {
    peer.onFrame(frame);
  });
  transport.onClose(letGo);
  try {
    await peer.request("agent/register", {
      agentId,
      role,
      lineage: "elsewhere",
      card,
      concurrency: CONCURRENCY,
    });
  } catch (error) {
    transport.close("it could not sit down");
    throw error;
  }
  return {
    ended,
    dispose: () => {
      letGo("it left");
      transport.close("it left");
      return Promise.resolve();
    },
  };
}

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
