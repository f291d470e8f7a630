import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { ENVELOPE_MARK, MAX_HEADER_BYTES } from "../../protocol/envelope.ts";
import { parseBoundedJson } from "../boundedJson.ts";
import { invalidField, RPC_CODE, WireError } from "../wireError.ts";
import { asHeader, headerProblem } from "./header.ts";
import type { Parcel } from "./parcel.ts";
import type { Shape } from "./shape.ts";
import { headerByShape, shapeOf } from "./shape.ts";

const LINE_END = 0x0a;
const MARK = ENVELOPE_MARK.charCodeAt(0);

/** An envelope frame as it came: a parcel. (A class because one is made for every message, and its payload is mostly not looked at.) */
export class Arrived implements Parcel {
  readonly header: EnvelopeHeader;
  /** The whole frame, mark included. */
  readonly frame: Buffer;
  readonly #lineEnd: number;
  constructor(header: EnvelopeHeader, frame: Buffer, lineEnd: number) {
    this.header = header;
    this.frame = frame;
    this.#lineEnd = lineEnd;
  }
  get payload(): Buffer {
    return this.frame.subarray(this.#lineEnd + 1);
  }
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

/** Reads the headers of one sender's envelope frames; payloads are not looked into. */
export interface Reader {
  read(frame: Buffer): Arrived | Unusable;
}

/** A reader that has seen nothing yet. It remembers the last header's shape: senders mostly send more of the same. */
export function createReader(): Reader {
  let shape: Shape | undefined;
  return {
    read(frame) {
      const alike = shape && headerByShape(frame, shape);
      if (alike !== undefined)
        return new Arrived(alike.header, frame, alike.lineEnd);
      const arrived = readFrame(frame);
      if (arrived instanceof Arrived)
        shape = shapeOf(
          frame,
          frame.length - arrived.payload.length - 1,
          arrived.header,
        );
      return arrived;
    },
  };
}

/** The envelopes of a frame that holds several: after its mark they follow one another, a line end between them, so none of their payloads has one. What does not fit is given as it is, for the reader to refuse. */
export function* partsOf(frame: Buffer): Generator<Buffer, void, undefined> {
  for (let start = 1; start < frame.length;) {
    const header = frame.indexOf(LINE_END, start);
    const payload = header < 0 ? -1 : frame.indexOf(LINE_END, header + 1);
    const end = payload < 0 ? frame.length : payload;
    yield frame.subarray(start, end);
    start = end + 1;
  }
}

function readFrame(frame: Buffer): Arrived | Unusable {
  if (frame[0] !== MARK)
    return unreadable(
      "In a frame of several envelopes each is two lines, the first of which begins with the mark.",
    );
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
  return new Arrived(asHeader(value), frame, lineEnd);
}
