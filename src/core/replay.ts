/** How a conversation is played again: what there was to see at a moment of it, and how long to wait for the next. */
import type { Recorded } from "../protocol/event.ts";
import { viewMission, type MissionView } from "./views/mission.ts";

/** Nobody wants to sit through a night; a longer pause is cut to this, ms. */
export const LONGEST_PAUSE_MS = 3000;

/** Shortest time between two pictures, ms: what happens closer together is shown together. */
const PICTURE_MS = 60;

/** The pause between two moments at `speed` (1 = as it happened, `Infinity` = none). `cut` is what was left out of it, as it happened, ms. */
export function pauseBetween(
  before: number,
  at: number,
  speed: number,
): { readonly ms: number; readonly cut: number } {
  const whole = speed === Infinity ? 0 : Math.max(0, at - before) / speed;
  return whole <= LONGEST_PAUSE_MS
    ? { ms: whole, cut: 0 }
    : { ms: LONGEST_PAUSE_MS, cut: (whole - LONGEST_PAUSE_MS) * speed };
}

/** Which event to show next while playing, and after how long; undefined at the end. `step` counts events from 1. */
export function nextStep(
  events: readonly Recorded[],
  step: number,
  speed: number,
): { readonly step: number; readonly ms: number } | undefined {
  const now = events[step - 1]?.at ?? 0;
  for (let next = step + 1; next <= events.length; next += 1) {
    const { ms } = pauseBetween(now, events[next - 1]?.at ?? now, speed);
    // Everything up to the one that has to be waited for is there by then.
    if (ms >= PICTURE_MS)
      return next - step > 1
        ? { step: next - 1, ms: PICTURE_MS }
        : { step: next, ms };
  }
  return step < events.length
    ? { step: events.length, ms: PICTURE_MS }
    : undefined;
}

/** A mission that can be looked at as it was after any of its events. */
export interface Replay {
  readonly events: readonly Recorded[];
  /** The mission after its first `step` events, at least one and at most all; events of other missions take no part. */
  at(step: number): MissionView;
}

/** Plays the events of a mission; undefined when they do not begin with its opening. Going on is cheap, going back begins anew. */
export function replayOf(events: readonly Recorded[]): Replay | undefined {
  const [first] = events;
  if (first?.type !== "MissionOpened") return undefined;
  let view = viewMission(first);
  let reached = 1;
  return {
    events,
    at: (step) => {
      const until = Math.min(Math.max(1, Math.trunc(step)), events.length);
      if (until < reached) {
        view = viewMission(first);
        reached = 1;
      }
      for (; reached < until; reached += 1) {
        const event = events[reached];
        if (event !== undefined) view.apply(event);
      }
      return view;
    },
  };
}
