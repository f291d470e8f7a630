import type { FromPage, PanelSnapshot, Said } from "../protocol/panel.ts";
import type { PathShown } from "../protocol/panelPath.ts";
import type { Draft, Remembered } from "./remembered.ts";
import type { Intent, Problem } from "./words.ts";

/** All the page is drawn from. */
export interface Page {
  /** Null until the extension has answered. */
  readonly snapshot: PanelSnapshot | null;
  readonly remembered: Remembered;
  /** The open mission's lines the page has, oldest first, without gaps. */
  readonly said: readonly Said[];
  readonly loadingOlder: boolean;
  /** The end of what agents are writing just now, by agent id. */
  readonly typing: ReadonlyMap<string, string>;
  /** Names of what was asked of the app and has not shown its effect. */
  readonly pending: ReadonlySet<string>;
  /** The last thing that failed; `at` names what was asked, null when it was nothing of this page. */
  readonly failed: {
    readonly problem: Problem;
    readonly at: string | null;
  } | null;
  /** Decision that was sent off without the reason it needs. */
  readonly reasonMissing: string | null;
  readonly announcement: string;
  /** The way of a mission through the agents, as the extension told it last. */
  readonly path: {
    readonly missionId: string;
    readonly path: PathShown;
  } | null;
  /** Whether a replay goes on by itself. */
  readonly playing: boolean;
  /** The step of a replay that was asked for and is not shown yet. */
  readonly seeking: number | null;
  /** `seq` of the line the keyboard is on. */
  readonly cursor: number | null;
}

/** What can be done with a replay. */
export interface ReplayControls {
  /** Shows the open mission from its first event on, and plays it. */
  readonly start: () => void;
  /** Goes to an event and stays there. */
  readonly seek: (step: number) => void;
  readonly play: (on: boolean) => void;
  readonly speed: (times: number) => void;
  /** Shows the mission as it is now. */
  readonly leave: () => void;
}

/** All a view can do. */
export interface Act {
  readonly post: (message: FromPage) => void;
  /** Asks the app for something; `name` is how `pending` and `failed` call it. */
  readonly ask: (name: string, intent: Intent) => void;
  readonly remember: (change: Partial<Remembered>) => void;
  /** Keeps a ruling being written; null throws it away. */
  readonly draft: (decisionId: string, draft: Draft | null) => void;
  readonly toggle: (name: string) => void;
  readonly older: () => void;
  readonly moveTo: (seq: number) => void;
  readonly replay: ReplayControls;
  readonly missReason: (decisionId: string) => void;
  readonly dismiss: () => void;
}
