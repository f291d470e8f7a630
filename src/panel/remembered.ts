import type { Verdict } from "./words.ts";

/** Parts of a mission, one shown at a time. */
export const tabs = [
  "talk",
  "plan",
  "change",
  "decisions",
  "team",
  "path",
] as const;
export type Tab = (typeof tabs)[number];

/** Groups of lines the conversation can be narrowed to. */
export const lineGroups = ["all", "words", "votes", "checks", "tools"] as const;
export type LineGroup = (typeof lineGroups)[number];

/** A ruling being written: which one, and the reason so far. */
export interface Draft {
  readonly verdict: Verdict;
  readonly reason: string;
}

/** Why a finding can be set aside. */
export const reasons = ["wrong", "wontFix", "outOfScope"] as const;

/** A finding being set aside: why, and the reason so far. */
export interface SetAside {
  readonly why: (typeof reasons)[number];
  readonly reason: string;
}

/** How the page looked: all that survives its being hidden. No facts are kept here. */
export interface Remembered {
  readonly missionId: string | null;
  readonly tab: Tab;
  readonly search: string;
  readonly group: LineGroup;
  /** Agent whose lines are shown; empty for everyone's. */
  readonly who: string;
  /** Names of what is unfolded, or folded where open is the rule; see {@link isOpen}. */
  readonly toggled: readonly string[];
  readonly drafts: Readonly<Record<string, Draft>>;
  /** Findings being set aside, by id. */
  readonly aside: Readonly<Record<string, SetAside>>;
  /** `seq` of the topmost line in view; null while the view follows the tail. */
  readonly at: number | null;
}

/** How the page looks the first time. */
export const fresh: Remembered = {
  missionId: null,
  tab: "talk",
  search: "",
  group: "all",
  who: "",
  toggled: [],
  drafts: {},
  aside: {},
  at: null,
};

/** What was remembered, or the first look when it was written by another version of the page. */
export function restored(state: unknown): Remembered {
  return isRemembered(state) ? state : fresh;
}

function isRemembered(state: unknown): state is Remembered {
  if (typeof state !== "object" || state === null) return false;
  const keys = Object.keys(fresh);
  return (
    keys.length === Object.keys(state).length &&
    keys.every((key) => key in state)
  );
}

/** Whether something that folds is open, given what it is by itself. */
export function isOpen(
  { toggled }: Remembered,
  name: string,
  byItself: boolean,
): boolean {
  return toggled.includes(name) !== byItself;
}
