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

/** Gives a checked draft its place and closes it with its hash. */
export function seal(draft: Draft, place: Place): Recorded {
  const open: Omit<Recorded, "hash"> = { ...draft, v: EVENT_VERSION, ...place };
  return { ...open, hash: hashOf(open) } as Recorded;
}

/** The hash an event must have, lower-case hex. */
export function hashOf(event: Omit<Recorded, "hash">): string {
  return createHash("sha256").update(hashInput(event), "utf8").digest("hex");
}
