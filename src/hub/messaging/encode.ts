import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { ENVELOPE_MARK } from "../../protocol/envelope.ts";
import { parseBoundedJson } from "../boundedJson.ts";
import type { Arena, Placed } from "./arena.ts";
import type { Parcel } from "./parcel.ts";

const MARK_AND_BRACE = 2;
const BRACE = 0x7b;

/** What the hub adds to a header on the way. */
export type Added = Partial<
  Pick<
    EnvelopeHeader,
    | "from"
    | "correlationId"
    | "causationId"
    | "traceparent"
    | "seq"
    | "attempt"
    | "subscription"
  >
>;

/** The first bytes of a frame that is passed on: the mark and what the hub adds. */
export function opening(added: Added): Buffer {
  return Buffer.from(`${ENVELOPE_MARK}${JSON.stringify(added).slice(0, -1)},`);
}

/** Whether members can be added in front of the header as it came: it begins at once, and names none of those only the hub sets. */
export function canBeExtended(frame: Buffer, header: EnvelopeHeader): boolean {
  return (
    frame[1] === BRACE &&
    header.from === undefined &&
    header.seq === undefined &&
    header.attempt === undefined &&
    header.subscription === undefined
  );
}

/** The frame that came, with `start` in place of its mark and brace; header and payload are copied once and not looked at. */
export function placeExtended(
  arena: Arena,
  frame: Buffer,
  start: Buffer,
): Placed {
  const rest = frame.length - MARK_AND_BRACE;
  const placed = arena.frame(start.length + rest);
  placed.block.bytes.set(start, placed.body);
  frame.copy(placed.block.bytes, placed.body + start.length, MARK_AND_BRACE);
  return placed;
}

/** The frame of a parcel, from its parts. */
export function placeParcel(
  arena: Arena,
  { header, payload }: Parcel,
  added: Added = {},
): Placed {
  const head = `${ENVELOPE_MARK}${JSON.stringify({ ...header, ...added })}\n`;
  const bytes = Buffer.byteLength(head);
  const placed = arena.frame(bytes + payload.length);
  placed.block.bytes.write(head, placed.body);
  payload.copy(placed.block.bytes, placed.body + bytes);
  return placed;
}

/** The JSON-RPC notification that delivers a parcel; undefined when its payload is no JSON, or nested too deep: it must not get into another frame. */
export function deliverText(
  { header, payload }: Parcel,
  added: Added = {},
): string | undefined {
  const text = payload.toString("utf8");
  try {
    parseBoundedJson(text);
  } catch {
    return undefined;
  }
  const head = JSON.stringify({ ...header, ...added });
  return `{"jsonrpc":"2.0","method":"envelope/deliver","params":{"header":${head},"payload":${text}}}`;
}
