import { RPC_CODE, WireError } from "./wireError.ts";

/** Deepest nesting of objects and arrays that is read. */
export const MAX_JSON_DEPTH = 32;

function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth++;
      if (depth > limit) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return false;
}

/** Parses JSON no deeper than {@link MAX_JSON_DEPTH}; anything else is the wire error −32700. */
export function parseBoundedJson(text: string): unknown {
  if (deeperThan(text, MAX_JSON_DEPTH))
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
