import { isProblem, type RoundtableError } from "../core/errors.ts";
import { RpcFault } from "../core/rpcPeer.ts";
import type { RpcError } from "../protocol/jsonRpc.ts";

/** An error for the other side of a wire, as `google.rpc` details. Its text is written for strangers: never a stack, a path or an agent's own words. */
export class WireError extends RpcFault {
  constructor(code: number, message: string, details: readonly unknown[] = []) {
    super(code, message, details.length > 0 ? details : undefined);
    this.name = "WireError";
  }
}

/** Codes of JSON-RPC 2.0 and of A2A 1.0 (specification 1.0.1, §5.4). */
export const RPC_CODE = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  taskNotFound: -32001,
  taskNotCancelable: -32002,
  pushNotSupported: -32003,
  unsupportedOperation: -32004,
  contentTypeNotSupported: -32005,
  invalidAgentResponse: -32006,
  extendedCardNotConfigured: -32007,
  extensionRequired: -32008,
  versionNotSupported: -32009,
} as const;

function errorInfo(
  reason: string,
  metadata: Readonly<Record<string, string>> = {},
): unknown {
  return {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "a2a-protocol.org",
    metadata,
  };
}

/** −32001; also the answer for a task the caller may not see. */
export function taskNotFound(taskId: string): WireError {
  return new WireError(
    RPC_CODE.taskNotFound,
    "There is no task of that id here.",
    [errorInfo("TASK_NOT_FOUND", { taskId })],
  );
}

/** −32002: the task has ended already. */
export function taskNotCancelable(taskId: string, state: string): WireError {
  return new WireError(
    RPC_CODE.taskNotCancelable,
    "The task has ended and cannot be canceled.",
    [errorInfo("TASK_NOT_CANCELABLE", { taskId, state })],
  );
}

/** −32003: no target is allowed; the sentence names the setting. */
export function pushNotSupported(): WireError {
  return new WireError(
    RPC_CODE.pushNotSupported,
    "This hub may send push notifications to nobody: its owner allows targets in the setting roundtable.pushTargets (--push-target). Subscribe to the task instead.",
    [errorInfo("PUSH_NOTIFICATION_NOT_SUPPORTED")],
  );
}

/** −32004 with a sentence that says what cannot be done and why. */
export function unsupportedOperation(message: string): WireError {
  return new WireError(RPC_CODE.unsupportedOperation, message, [
    errorInfo("UNSUPPORTED_OPERATION"),
  ]);
}

/** −32005: the agent's card does not name that media type. */
export function contentTypeNotSupported(mediaType: string): WireError {
  return new WireError(
    RPC_CODE.contentTypeNotSupported,
    "The agent does not take parts of that media type; its card names those it takes.",
    [errorInfo("CONTENT_TYPE_NOT_SUPPORTED", { mediaType })],
  );
}

/** −32009 with the versions this hub speaks: 0.3 on JSON-RPC over HTTP, 1.0 everywhere. */
export function versionNotSupported(asked: string): WireError {
  return new WireError(
    RPC_CODE.versionNotSupported,
    "This address does not speak that version; send the header A2A-Version: 1.0 and the method names of 1.0.",
    [
      errorInfo("VERSION_NOT_SUPPORTED", {
        asked: asked.slice(0, 32),
        supported: "1.0, 0.3",
      }),
    ],
  );
}

/** −32603 for a cap that was reached; nothing was done and the caller may try again. */
export function overloaded(what: string): WireError {
  return new WireError(
    RPC_CODE.internal,
    `The hub is at its limit (${what}); nothing was done, try again later.`,
    [errorInfo("RESOURCE_EXHAUSTED", { what })],
  );
}

/** −32004 for what the token of who asks does not cover; says what would. */
export function notAllowed(message: string): WireError {
  return new WireError(RPC_CODE.unsupportedOperation, message, [
    errorInfo("PERMISSION_DENIED"),
  ]);
}

/** −32603 for an agent, or a kind of agents, that sits here but can take nothing now; nothing was done. */
export function agentUnavailable(recipient: string): WireError {
  return new WireError(
    RPC_CODE.internal,
    "Nobody it is for can take work now (not well, overloaded, or after failures of its own); nothing was done, try again in a minute.",
    [errorInfo("AGENT_UNAVAILABLE", { recipient })],
  );
}

/** −32603 for a server elsewhere that cannot be used; `next` says what to do. */
export function refusedByRemote(message: string, next: string): WireError {
  return new WireError(RPC_CODE.internal, `${message} ${next}`, [
    errorInfo("REMOTE_AGENT_FAILED"),
  ]);
}

/** −32602 that names the field and what is wrong with it. */
export function invalidField(field: string, description: string): WireError {
  return invalidParams([{ field, description }]);
}

function invalidParams(
  fieldViolations: readonly {
    readonly field: string;
    readonly description: string;
  }[],
): WireError {
  return new WireError(RPC_CODE.invalidParams, "The parameters do not fit.", [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations },
    errorInfo(
      "INVALID_PARAMS",
      Object.fromEntries(
        fieldViolations.map(({ field, description }) => [field, description]),
      ),
    ),
  ]);
}

/** The part of a zod schema that reading parameters needs. */
interface Schema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly {
            readonly path: readonly PropertyKey[];
            readonly message: string;
          }[];
        };
      };
}

/** Parses what came over a wire; what does not fit becomes −32602 with up to 20 fields named. */
export function parseParams<T>(schema: Schema<T>, params: unknown): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw invalidParams(
    parsed.error.issues.slice(0, 20).map((issue) => ({
      field: issue.path.map(String).join("."),
      description: issue.message,
    })),
  );
}

/** What a stranger may know of anything thrown: wire errors as they are, everything else as −32603 without its text. */
export function toRpcError(error: unknown): RpcError {
  if (error instanceof WireError)
    return {
      code: error.code,
      message: error.message,
      ...(error.data === undefined ? {} : { data: error.data }),
    };
  // Not the hub's fault, and nothing that trying again would change.
  if (isProblem(error, "log-archived"))
    return toRpcError(
      invalidField(
        "message.contextId",
        "that conversation has been archived, nothing can be added to it; begin a new one",
      ),
    );
  const reason = isProblem(error)
    ? error.code.toUpperCase().replaceAll("-", "_")
    : "INTERNAL";
  return {
    code: RPC_CODE.internal,
    message:
      "The hub could not do this; what was acknowledged before is safe, and its log says more.",
    data: [errorInfo(reason)],
  };
}

/** −32603 with what happened and what to do next, for the owner: `reason` is the code of the problem in capitals. */
export function problemOfOurs(problem: RoundtableError): WireError {
  const { code, message, next } = problem;
  return new WireError(RPC_CODE.internal, `${message} ${next}`, [
    errorInfo(code.toUpperCase().replaceAll("-", "_"), { message, next }),
  ]);
}
