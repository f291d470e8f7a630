import { MAX_JSON_DEPTH, isDeeperThan } from "../core/jsonDepth.ts";
import { RPC_CODE, WireError } from "./wireError.ts";

/** Parses JSON no deeper than {@link MAX_JSON_DEPTH}; anything else is the wire error −32700. */
export function parseBoundedJson(text: string): unknown {
  if (isDeeperThan(text, MAX_JSON_DEPTH))
    throw new WireError(
      RPC_CODE.parse,
      `The JSON is nested deeper than ${String(MAX_JSON_DEPTH)} levels.`,
    );
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new WireError(RPC_CODE.parse, "This is not JSON.");
  }
}
