import type { EnvelopeHeader } from "../../protocol/envelope.ts";

/** How most senders begin a frame. */
const START = Buffer.from('!{"id":"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAX_ID = 128;

/** What follows the id in the frames a sender sent last, line end included, and the header they had. */
export interface Shape {
  readonly tail: Buffer;
  readonly header: EnvelopeHeader;
}

/** Where the id of a frame that begins in the usual way ends, which is at its closing quote; −1 for every other frame, and for ids with escapes or anything but ASCII. */
function endOfId(frame: Buffer): number {
  if (frame.length < START.length) return -1;
  for (let at = 0; at < START.length; at += 1)
    if (frame[at] !== START[at]) return -1;
  const most = Math.min(frame.length, START.length + MAX_ID + 1);
  for (let at = START.length; at < most; at += 1) {
    const byte = frame[at] ?? 0;
    if (byte === QUOTE) return at === START.length ? -1 : at;
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return -1;
  }
  return -1;
}

/** The header of a frame that differs from the sender's last one in its id alone, without parsing it, and where its line ends; undefined for every other frame. */
export function headerByShape(
  frame: Buffer,
  { tail, header }: Shape,
): { readonly header: EnvelopeHeader; readonly lineEnd: number } | undefined {
  const end = endOfId(frame);
  if (end < 0 || end + tail.length > frame.length) return undefined;
  for (let at = 0; at < tail.length; at += 1)
    if (frame[end + at] !== tail[at]) return undefined;
  return {
    header: { ...header, id: frame.toString("latin1", START.length, end) },
    lineEnd: end + tail.length - 1,
  };
}

/** The shape of a frame whose header was parsed; undefined where the id could be said twice, so that the next frame needs parsing too. */
export function shapeOf(
  frame: Buffer,
  lineEnd: number,
  header: EnvelopeHeader,
): Shape | undefined {
  const end = endOfId(frame);
  if (end < 0 || end > lineEnd) return undefined;
  const tail = frame.subarray(end, lineEnd + 1);
  if (tail.includes(BACKSLASH) || tail.includes('"id"')) return undefined;
  // Copied: the frame is a piece of something larger.
  return { tail: Buffer.from(tail), header };
}
