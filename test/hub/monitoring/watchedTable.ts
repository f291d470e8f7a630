/** A hub on real sockets whose monitor writes metrics, with the agent `worker` seated. */
import { expose } from "../../../src/adapters/metrics/prometheus.ts";
import type { Discovered } from "../../../src/hub/discovery.ts";
import type { Surroundings } from "../../../src/hub/monitoring/monitor.ts";
import type { EventLog } from "../../../src/ports.ts";
import type { Task } from "../../../src/protocol/a2a.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import type { ScriptedAgent } from "../scriptedAgent.ts";
import { openTable } from "../table.ts";

/** A hub under watch. */
export interface WatchedTable extends AsyncDisposable {
  readonly log: EventLog;
  readonly address: Discovered;
  readonly worker: ScriptedAgent;
  /** A page of the hub as its owner sees it. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** One JSON-RPC call over HTTP, as the owner; the whole answer. */
  call(
    method: string,
    params: unknown,
    headers?: Record<string, string>,
  ): Promise<{ readonly result?: unknown; readonly error?: { code: number } }>;
  /** Has the worker do something, and waits for the end. */
  send(text: string, headers?: Record<string, string>): Promise<Task>;
  /** The value of a metric's line that starts so, as text; undefined without one. */
  metric(start: string): Promise<string | undefined>;
}

let messages = 0;

/** Opens it. */
export async function watchedTable(
  log: EventLog = memoryLog(),
  surroundings: Surroundings = {},
  more: NonNullable<Parameters<typeof openTable>[1]> = {},
): Promise<WatchedTable> {
  const { address, worker, close } = await openTable(log, {
    ...more,
    name: "watched table",
    surroundings: { version: "9.9.9", expose, ...surroundings },
  });
  const authorization = `Bearer ${address.token}`;

  const table: WatchedTable = {
    log,
    address,
    worker,
    get: (path, headers = { authorization }) =>
      fetch(`${address.url}${path}`, { headers }),
    async call(method, params, headers = {}) {
      const response = await fetch(`${address.url}/rpc`, {
        method: "POST",
        headers: {
          authorization,
          "content-type": "application/json",
          "a2a-version": "1.0",
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      return (await response.json()) as Awaited<
        ReturnType<WatchedTable["call"]>
      >;
    },
    async send(text, headers) {
      messages += 1;
      const message = {
        messageId: `message-${String(messages)}`,
        role: "ROLE_USER",
        parts: [{ text }],
      };
      const { result } = await table.call("SendMessage", { message }, headers);
      return (result as { task: Task }).task;
    },
    async metric(start) {
      const text = await (await table.get("/metrics")).text();
      return text
        .split("\n")
        .find((line) => line.startsWith(start))
        ?.slice(start.length)
        .split(" ")
        .at(-1);
    },
    [Symbol.asyncDispose]: close,
  };
  return table;
}
