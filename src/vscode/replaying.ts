import type { Replay } from "../core/replay.ts";
import { RoundtableError } from "../core/errors.ts";
import type { Recorded } from "../protocol/event.ts";
import type { PanelSnapshot, Said } from "../protocol/panel.ts";

/** Lines of the conversation in a snapshot; the page asks for older ones. */
const TAIL = 200;

/** A mission shown as it was, in the panel, instead of one as it is. */
export interface Replaying {
  /** The mission that is replayed; null when none is. */
  missionId(): string | null;
  /** Goes to the moment after the first `step` events. Rejects with `bad-intent` when there is no such mission. */
  go(missionId: string, step: number, speed: number): Promise<void>;
  leave(): void;
  /** The snapshot with the replayed moment in it; as it was given when nothing is replayed. */
  on(snapshot: PanelSnapshot): PanelSnapshot;
  /** Up to 200 lines before the line `before`. */
  older(before: number): readonly Said[];
}

/** Replays missions whose events `eventsOf` gives. */
export function createReplaying(
  eventsOf: (missionId: string) => Promise<readonly Recorded[]>,
): Replaying {
  let shown:
    | {
        readonly missionId: string;
        readonly replay: Replay;
        readonly step: number;
        readonly speed: number;
        readonly next: { readonly step: number; readonly ms: number } | null;
      }
    | undefined;
  /** Counts what was asked: an earlier wish that takes longer must not undo a later one. */
  let asked = 0;

  return {
    missionId: () => shown?.missionId ?? null,
    go: async (missionId, wanted, speed) => {
      const mine = (asked += 1);
      // With the views it is too big to be loaded in windows that never replay.
      const { nextStep, replayOf } = await import("../core/replay.ts");
      const known = shown?.missionId === missionId ? shown.replay : undefined;
      // A mission that runs has gone on since.
      const replay =
        known !== undefined && wanted < known.events.length
          ? known
          : replayOf(await eventsOf(missionId));
      if (mine !== asked) return;
      if (replay === undefined) throw noMission(missionId);
      const step = Math.min(wanted, replay.events.length);
      const next = nextStep(replay.events, step, speed) ?? null;
      shown = { missionId, replay, step, speed, next };
    },
    leave: () => {
      asked += 1;
      shown = undefined;
    },
    on: (snapshot) => {
      if (shown === undefined) return snapshot;
      const { replay, step, speed, next } = shown;
      const { events } = replay;
      const { seq = 0, at = 0 } = events[step - 1] ?? {};
      return {
        ...snapshot,
        open: replay.at(step).detail(TAIL),
        replay: { step, steps: events.length, seq, at, speed, next },
      };
    },
    older: (before) => shown?.replay.at(shown.step).older(before, TAIL) ?? [],
  };
}

function noMission(missionId: string): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    `There is no mission "${missionId}" to replay.`,
    "Pick one with “Roundtable: Replay a Mission…”.",
  );
}
