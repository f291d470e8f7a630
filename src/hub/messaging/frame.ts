import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { MAX_HEADER_BYTES } from "../../protocol/envelope.ts";
import { parseBoundedJson } from "../boundedJson.ts";
import { invalidField, RPC_CODE, WireError } from "../wireError.ts";
import { asHeader, headerProblem } from "./header.ts";

const LINE_END = 0x0a;

/** An envelope frame as it came. */
export interface Arrived {
  readonly header: EnvelopeHeader;
  /** The whole frame, mark included. */
  readonly frame: Buffer;
  readonly payload: Buffer;
}

/** A frame that led to nothing; `readable` is false where not even the header is JSON. */
export interface Unusable {
  readonly error: WireError;
  readonly id: string | null;
  readonly readable: boolean;
}

function unreadable(message: string): Unusable {
  return {
    error: new WireError(RPC_CODE.parse, message),
    id: null,
    readable: false,
  };
}

/** Most headers are flat; only others can be nested too deep. */
function parseHeader(text: string): unknown {
  return text.lastIndexOf("{") === 0 && !text.includes("[")
    ? (JSON.parse(text) as unknown)
    : parseBoundedJson(text);
}

function idIn(value: unknown): string | null {
  return value !== null &&
    typeof value === "object" &&
    "id" in value &&
    typeof value.id === "string" &&
    value.id.length <= 128
    ? value.id
    : null;
}

/** Reads the header of an envelope frame; the payload is not looked into. */
export function readFrame(frame: Buffer): Arrived | Unusable {
  const lineEnd = frame.indexOf(LINE_END);
  if (lineEnd < 0)
    return unreadable("An envelope frame has a line end after its header.");
  if (lineEnd - 1 > MAX_HEADER_BYTES)
    return unreadable(
      `The header is longer than ${String(MAX_HEADER_BYTES)} bytes.`,
    );
  let value: unknown;
  try {
    value = parseHeader(frame.toString("utf8", 1, lineEnd));
  } catch {
    return unreadable("The header is not JSON.");
  }
  const problem = headerProblem(value);
  if (problem !== undefined)
    return {
      error: invalidField(problem.field, problem.description),
      id: idIn(value),
      readable: true,
    };
  return {
    header: asHeader(value),
    frame,
    payload: frame.subarray(lineEnd + 1),
  };
}
