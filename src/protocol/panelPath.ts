/** The path of a mission as the panel draws it: who gave what to whom, when, and what the time went into. */

/** A call of a model or a tool. */
export interface PathPart {
  readonly kind: "model" | "tool";
  readonly name: string;
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
  readonly ok: boolean | null;
}

/** One row: a task, a vote, a ruling, a message, … Times are ms since 1970. */
export interface PathRow {
  readonly id: string;
  readonly kind:
    "task" | "message" | "vote" | "ruling" | "permission" | "build" | "merge";
  /** What it was, e.g. `ballot` or `vote plan`. */
  readonly name: string;
  /** Lanes the arrow goes from and to; the same where nobody was asked. */
  readonly from: string;
  readonly to: string;
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
  readonly ok: boolean | null;
  /** How it ended, in a word; empty where there is none. */
  readonly outcome: string;
  readonly microUsd: number;
  /** The latest of its calls, at most 40, in the order they began. */
  readonly parts: readonly PathPart[];
  /** Calls that are not among them. */
  readonly hiddenParts: number;
}

/** What the panel shows of a path. */
export interface PathShown {
  /** From the first row's start to the last one's end, or to now while something lasts. */
  readonly startMs: number;
  readonly endMs: number;
  /** Who takes part, in the order they first appear. */
  readonly lanes: readonly string[];
  /** The latest rows, at most 200, in the order they began. */
  readonly rows: readonly PathRow[];
  /** Earlier rows. */
  readonly hidden: number;
}
