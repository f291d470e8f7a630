import type { Recorded } from "../protocol/event.ts";

/** A mission kept as a file beside the log: archived, or taken in from another hub. */
export interface ShelvedMission {
  readonly missionId: string;
  /** Null for a conversation that is no mission. */
  readonly goal: string | null;
  /** ms since 1970. */
  readonly openedAt: number;
  readonly shelf: "archive" | "imported";
}

/** What can be done with a log as a whole while it is written. Nothing here changes the log itself. */
export interface LogDesk {
  /** Missions kept as files, oldest first. */
  shelved(): Promise<readonly ShelvedMission[]>;
  /** All events of a mission, from the log or a file beside it; empty when there is none of that id. */
  events(missionId: string): Promise<readonly Recorded[]>;
  /** Writes one mission or all to a file, over one of that name. Rejects with `bad-intent` when there is no such mission. */
  exportTo(
    path: string,
    missionId?: string,
  ): Promise<{ readonly missions: number; readonly events: number }>;
  /** Takes the missions of a file in, to be read and replayed. Rejects with `bad-log-file`; then nothing was taken. */
  importFrom(path: string): Promise<
    readonly {
      readonly missionId: string;
      readonly events: number;
      /** `longer`: it was here, and has gone on since. */
      readonly how: "new" | "here" | "longer";
    }[]
  >;
  /** Checks every hash and link; no problems when all is sound. */
  check(): Promise<{
    readonly events: number;
    readonly missions: number;
    readonly problems: readonly string[];
  }>;
  /** Copies the log to a file that must not exist yet, and checks the copy. */
  backUp(path: string): Promise<{ readonly events: number }>;
}
