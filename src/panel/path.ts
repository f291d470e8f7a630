import type { FromPage, ToPage } from "../protocol/panel.ts";
import type { Page } from "./page.ts";

/** Shortest time between two questions for the path, ms: it is worked out anew each time. */
const EVERY_MS = 500;

/** Keeps the path of the open mission up to date while it is looked at. */
export interface PathWatch {
  /** Called after every change of the page: asks when the path is looked at and is older than the snapshot. */
  look(): void;
  /** Takes an answer. */
  take(message: Extract<ToPage, { type: "path" }>): void;
}

/** One question at a time, and not more than two a second. */
export function watchPath(
  page: () => Page,
  post: (message: FromPage) => void,
  set: (change: Partial<Page>) => void,
): PathWatch {
  /** The snapshot the last question was asked after. */
  let asked = "";
  let resting = false;

  const look = (): void => {
    const { remembered, snapshot } = page();
    const missionId = snapshot?.open?.missionId;
    if (remembered.tab !== "path" || missionId === undefined || resting) return;
    const state = `${missionId} ${String(snapshot?.seq)}`;
    if (state === asked) return;
    asked = state;
    resting = true;
    setTimeout(() => {
      resting = false;
      look();
    }, EVERY_MS);
    post({ type: "path", missionId });
  };

  return {
    look,
    take: ({ missionId, path }) => {
      set({ path: { missionId, path } });
    },
  };
}
