/** How events are hashed and how old ones are read. */
import type { DataOf, EventType, Recorded } from "../protocol/event.ts";
import { EVENT_VERSION } from "../protocol/event.ts";
import { RoundtableError } from "./errors.ts";
import { canonicalJson } from "./json.ts";

/** A fact of one of the types `T`, without its place in the log. */
export type Fact<T extends EventType> = {
  [K in T]: { readonly type: K; readonly data: DataOf<K> };
}[T];

/** Any fact, as far as a fold needs it; a `Recorded` event is one. */
export type AnyFact = Fact<EventType>;

/** The text an event's `hash` is the SHA-256 of: all its members but `hash`, as canonical JSON. */
export function hashInput(event: Omit<Recorded, "hash">): string {
  const { hash: _, ...sealed } = event as Recorded;
  return canonicalJson(sealed);
}

/** An event of any older version in today's shape; rejects with `log-too-new` what a later Roundtable wrote. */
export function upcast(stored: Recorded): Recorded {
  if (stored.v > EVENT_VERSION)
    throw new RoundtableError(
      "log-too-new",
      `This log was written by a newer Roundtable: event ${String(stored.seq)} has version ${String(stored.v)}, this one reads up to ${String(EVENT_VERSION)}.`,
      "Nothing was changed; update Roundtable and open the log again.",
    );
  return stored;
}
