import { createHash } from "node:crypto";
import { hashInput } from "../../core/events.ts";
import type { Draft, Recorded } from "../../protocol/event.ts";
import { EVENT_VERSION } from "../../protocol/event.ts";

/** Where an event stands: its position, time, writer, and the hash of the one before it in its mission. */
export interface Place {
  readonly seq: number;
  readonly at: number;
  readonly epoch: number;
  readonly prevHash: string;
}

/** Gives a checked draft its place and closes it with its hash; `body` is the text the hash is of, and what is kept. */
export function seal(
  draft: Draft,
  place: Place,
): { readonly event: Recorded; readonly body: string } {
  const open: Omit<Recorded, "hash"> = { ...draft, v: EVENT_VERSION, ...place };
  const body = hashInput(open);
  return { event: { ...open, hash: hashOf(body) } as Recorded, body };
}

/** The hash of an event's body, lower-case hex. */
export function hashOf(body: string): string {
  return createHash("sha256").update(body, "utf8").digest("hex");
}
