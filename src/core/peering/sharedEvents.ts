/** Events of a mission as they came from its home, another hub. */
import { EventData, type Recorded } from "../../protocol/event.ts";
import { SharedEvent } from "../../protocol/sharedEvent.ts";

/** The place in its home's log that an event tells; undefined for what is no such event. */
export function homeSeqOf(event: unknown): number | undefined {
  const parsed = SharedEvent.safeParse(event);
  return parsed.success ? parsed.data.seq : undefined;
}

/**
 * What a mission's home told, as an event of the mission for views of this hub, at the place in its own log; undefined for anything that does
 * not have the shape of its type. Never to be stored: it is what another hub says, and none of its hashes are here.
 */
export function readSharedEvent(
  event: unknown,
  { missionId, seq }: { readonly missionId: string; readonly seq: number },
): Recorded | undefined {
  const parsed = SharedEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { type, by, v, at } = parsed.data;
  const data = EventData[type].safeParse(parsed.data.data);
  if (!data.success) return undefined;
  // The schema is that of the type.
  return {
    missionId,
    type,
    data: data.data,
    by,
    v,
    seq,
    at,
    epoch: 1,
    prevHash: "",
    hash: "",
  } as Recorded;
}
