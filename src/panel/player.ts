import type { FromPage, PanelSnapshot } from "../protocol/panel.ts";
import type { Page, ReplayControls } from "./page.ts";

/** Speed a replay begins with: as it happened is slower than anybody reads. */
const FIRST_SPEED = 10;

/** Plays replays: where to go and when comes with each snapshot, this only keeps the time. */
export interface Player extends ReplayControls {
  /** Takes what the page shows now; returns how that changes its state. */
  readonly follow: (
    snapshot: PanelSnapshot,
    first: boolean,
  ) => Pick<Page, "playing" | "seeking">;
}

/** Makes the player of a page; `post` and `set` are the page's. */
export function createPlayer(
  page: () => Page,
  post: (message: FromPage) => void,
  set: (change: Partial<Page>) => void,
): Player {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const go = (step: number | null, speed?: number): void => {
    const { snapshot } = page();
    const missionId = snapshot?.open?.missionId;
    if (missionId === undefined) return;
    post({
      type: "replay",
      missionId,
      step,
      speed: speed ?? snapshot?.replay?.speed ?? FIRST_SPEED,
    });
  };
  const schedule = (snapshot: PanelSnapshot, playing: boolean): void => {
    clearTimeout(timer);
    const next = snapshot.replay?.next ?? null;
    if (!playing || next === null) return;
    timer = setTimeout(() => {
      go(next.step);
    }, next.ms);
  };

  return {
    start: () => {
      go(1);
    },
    seek: (step) => {
      clearTimeout(timer);
      set({ playing: false, seeking: step });
      go(step);
    },
    play: (on) => {
      const { snapshot } = page();
      set({ playing: on });
      // From the end, playing begins anew.
      if (on && snapshot?.replay?.next === null) go(1);
      else if (snapshot !== null) schedule(snapshot, on);
    },
    speed: (times) => {
      const step = page().snapshot?.replay?.step;
      if (step !== undefined) go(step, times);
    },
    leave: () => {
      clearTimeout(timer);
      go(null);
    },
    follow: (snapshot, first) => {
      const { playing, seeking, snapshot: before } = page();
      const { replay } = snapshot;
      const begins = before?.replay === undefined && !first;
      const on =
        replay !== undefined && replay.next !== null && (playing || begins);
      schedule(snapshot, on);
      return {
        playing: on,
        seeking: seeking === replay?.step ? null : seeking,
      };
    },
  };
}
