import { TraceParent } from "../../protocol/envelope.ts";
import { TraceRequest } from "../../protocol/trace.ts";
import type { Reply } from "../connection.ts";
import type { A2ACall } from "../jsonRpc.ts";
import { notAllowed, parseParams, taskNotFound } from "../wireError.ts";
import type { Monitor } from "./monitor.ts";

type Dispatch = (call: A2ACall) => Promise<Reply>;

/** Names that may be a label; what a client makes up is not. */
const METHODS: ReadonlySet<string> = new Set([
  "SendMessage",
  "SendStreamingMessage",
  "GetTask",
  "ListTasks",
  "CancelTask",
  "SubscribeToTask",
  "GetExtendedAgentCard",
  "CreateTaskPushNotificationConfig",
  "GetTaskPushNotificationConfig",
  "ListTaskPushNotificationConfigs",
  "DeleteTaskPushNotificationConfig",
  "trace/get",
]);

/** Puts the monitor in front of the dispatcher: times every call, hands the sender's trace on with its message, answers `trace/get`. */
export function observeDispatch(
  dispatch: Dispatch,
  monitor: Monitor,
): Dispatch {
  const { metrics } = monitor;

  async function answer(call: A2ACall): Promise<Reply> {
    if (call.method !== "trace/get") return dispatch(withTrace(call));
    // What agents from outside may see, A2A's own methods show them.
    if (call.caller.remote && call.caller.name !== "client")
      throw notAllowed("The path of work is for the hub's owner.");
    const { id } = parseParams(TraceRequest, call.params);
    const trace = await monitor.trace(id);
    if (trace === undefined) throw taskNotFound(id);
    return { kind: "value", value: trace };
  }

  return async (call) => {
    const began = performance.now();
    let outcome = "error";
    try {
      const reply = await answer(call);
      outcome = "ok";
      return reply;
    } finally {
      const method = METHODS.has(call.method) ? call.method : "other";
      metrics.observe(
        "roundtable_request_duration_seconds",
        (performance.now() - began) / 1000,
        { method, outcome },
      );
    }
  };
}

/** The sender's `traceparent` travels in the message's metadata, where the log keeps it and the agent finds it. One that is not as W3C writes it is ignored, as W3C asks. */
function withTrace(call: A2ACall): A2ACall {
  const { traceparent, params, method } = call;
  if (traceparent === undefined || !method.startsWith("Send")) return call;
  if (!TraceParent.safeParse(traceparent).success) return call;
  if (!isObject(params) || !isObject(params["message"])) return call;
  const { message } = params;
  const metadata = isObject(message["metadata"]) ? message["metadata"] : {};
  if ("traceparent" in metadata) return call;
  return {
    ...call,
    params: {
      ...params,
      message: { ...message, metadata: { ...metadata, traceparent } },
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
