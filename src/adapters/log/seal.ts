import { hash } from "node:crypto";
import type { Draft, Recorded } from "../../protocol/event.ts";
import { EVENT_VERSION } from "../../protocol/event.ts";

/** Where an event stands: its position, time, writer, and the hash of the one before it in its mission. */
export interface Place {
  readonly seq: number;
  readonly at: number;
  readonly epoch: number;
  readonly prevHash: string;
}

/** The same text as `hashInput` for a draft whose data are canonical already; a test holds them together. */
function bodyOf(
  { by, data, key, missionId, type }: Draft,
  place: Place,
): string {
  const keyed = key === undefined ? "" : `"key":${JSON.stringify(key)},`;
  return `{"at":${String(place.at)},"by":${JSON.stringify(by)},"data":${JSON.stringify(data)},"epoch":${String(place.epoch)},${keyed}"missionId":${JSON.stringify(missionId)},"prevHash":"${place.prevHash}","seq":${String(place.seq)},"type":"${type}","v":${String(EVENT_VERSION)}}`;
}

/** Gives a checked draft its place and closes it with its hash; `body` is the text the hash is of, and what is kept. */
export function seal(
  draft: Draft,
  place: Place,
): { readonly event: Recorded; readonly body: string } {
  const body = bodyOf(draft, place);
  const event = { ...draft, v: EVENT_VERSION, ...place, hash: hashOf(body) };
  return { event, body };
}

/** The hash of an event's body, lower-case hex. */
export function hashOf(body: string): string {
  return hash("sha256", body, "hex");
}
