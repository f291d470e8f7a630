import * as z from "zod";

/** A JSON-RPC 2.0 request id: a string or a whole number. */
export const RpcId = z.union([z.string(), z.number().int()]);
export type RpcId = z.infer<typeof RpcId>;

/** A JSON-RPC 2.0 request; without `id` it is a notification. */
export const RpcRequest = z.object({
  jsonrpc: z.literal("2.0"),
  id: RpcId.optional(),
  method: z.string().min(1).max(128),
  params: z.unknown().optional(),
});
export type RpcRequest = z.infer<typeof RpcRequest>;

/** The error member of a JSON-RPC 2.0 response; `data` holds A2A error details. */
export const RpcError = z.object({
  code: z.number().int(),
  message: z.string(),
  data: z.unknown().optional(),
});
export type RpcError = z.infer<typeof RpcError>;

/** A JSON-RPC 2.0 response: exactly one of `result` and `error`. */
export const RpcResponse = z.object({
  jsonrpc: z.literal("2.0"),
  id: RpcId.nullable(),
  result: z.unknown().optional(),
  error: RpcError.optional(),
});
export type RpcResponse = z.infer<typeof RpcResponse>;
