import type { RpcError } from "../../protocol/jsonRpc.ts";
import { RPC_CODE } from "../wireError.ts";

/** Status in HTTP and in google.rpc of each error (specification 1.0.1, §5.4 and §11.6). */
const STATUS: Readonly<Record<number, readonly [number, string]>> = {
  [RPC_CODE.parse]: [400, "INVALID_ARGUMENT"],
  [RPC_CODE.invalidRequest]: [400, "INVALID_ARGUMENT"],
  [RPC_CODE.methodNotFound]: [501, "UNIMPLEMENTED"],
  [RPC_CODE.invalidParams]: [400, "INVALID_ARGUMENT"],
  [RPC_CODE.taskNotFound]: [404, "NOT_FOUND"],
  [RPC_CODE.taskNotCancelable]: [400, "FAILED_PRECONDITION"],
  [RPC_CODE.pushNotSupported]: [400, "FAILED_PRECONDITION"],
  [RPC_CODE.unsupportedOperation]: [400, "FAILED_PRECONDITION"],
  [RPC_CODE.contentTypeNotSupported]: [400, "INVALID_ARGUMENT"],
  [RPC_CODE.invalidAgentResponse]: [500, "INTERNAL"],
  [RPC_CODE.extendedCardNotConfigured]: [400, "FAILED_PRECONDITION"],
  [RPC_CODE.extensionRequired]: [400, "FAILED_PRECONDITION"],
  [RPC_CODE.versionNotSupported]: [400, "FAILED_PRECONDITION"],
};
/** Reasons that say more than the code they come under. */
const BY_REASON: Readonly<Record<string, readonly [number, string]>> = {
  AGENT_UNAVAILABLE: [503, "UNAVAILABLE"],
  RESOURCE_EXHAUSTED: [429, "RESOURCE_EXHAUSTED"],
  PERMISSION_DENIED: [403, "PERMISSION_DENIED"],
};
const INTERNAL = [500, "INTERNAL"] as const;

function reasonOf(details: readonly unknown[]): string {
  for (const detail of details)
    if (
      detail !== null &&
      typeof detail === "object" &&
      "reason" in detail &&
      typeof detail.reason === "string"
    )
      return detail.reason;
  return "";
}

/** An error as the REST binding says it: the HTTP status and a `google.rpc.Status` under `error`, with the details of the JSON-RPC error. */
export function toRestError(error: RpcError): {
  readonly httpStatus: number;
  readonly body: string;
} {
  const { code, message, data } = error;
  const details: readonly unknown[] = Array.isArray(data) ? data : [];
  const [httpStatus, status] =
    BY_REASON[reasonOf(details)] ?? STATUS[code] ?? INTERNAL;
  return {
    httpStatus,
    body: JSON.stringify({
      error: { code: httpStatus, status, message, details },
    }),
  };
}
