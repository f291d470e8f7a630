import { RoundtableError } from "../core/errors.ts";
import { viewMission, type MissionView } from "../core/views/mission.ts";
import { HUB_STREAM, type Recorded } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";

/** Every mission of the log, folded as events arrive. */
export interface Views {
  get(missionId: string): MissionView | undefined;
  /** All missions, newest first. */
  all(): readonly MissionView[];
  /** Whether the kill switch is pulled. */
  stopped(): boolean;
  /** Position in the log the views have reached. */
  seq(): number;
  onChange(listener: () => void): () => void;
  dispose(): void;
}

/** Folds what the log holds and follows it from there on. Listeners are called at most once per turn of the event loop. */
export function followLog(log: EventLog): Views {
  const missions = new Map<string, MissionView>();
  const listeners = new Set<() => void>();
  let stopped = false;
  let reached = 0;
  let scheduled = false;

  const take = (event: Recorded): void => {
    reached = event.seq;
    if (event.type === "StopPulled") stopped = true;
    if (event.type === "StopReleased") stopped = false;
    if (event.type === "MissionOpened")
      missions.set(event.missionId, viewMission(event));
    else missions.get(event.missionId)?.apply(event);
  };

  const tell = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      for (const listener of [...listeners]) listener();
    });
  };

  for (;;) {
    const page = log.read({ after: reached });
    if (page.length === 0) break;
    page.forEach(take);
  }
  const unsubscribe = log.subscribe((events) => {
    for (const event of events) if (event.seq > reached) take(event);
    tell();
  });

  return {
    get: (missionId) =>
      missionId === HUB_STREAM ? undefined : missions.get(missionId),
    all: () => [...missions.values()].reverse(),
    stopped: () => stopped,
    seq: () => reached,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      unsubscribe();
      listeners.clear();
    },
  };
}

/** The mission's view; throws `bad-intent` when there is none of that id. */
export function known(views: Views, missionId: string): MissionView {
  const view = views.get(missionId);
  if (view !== undefined) return view;
  throw new RoundtableError(
    "bad-intent",
    `There is no mission "${missionId}".`,
    "List the missions with `roundtable log`, or pick one in the panel.",
  );
}
