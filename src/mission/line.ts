import type { TrustCounts } from "../core/trust/trust.ts";
import type { DataOf, RecordedOf } from "../protocol/event.ts";
import type { Finding } from "../protocol/consensus.ts";
import type {
  Chance,
  Clock,
  EventLog,
  EvidenceTools,
  Hash,
  RunCheck,
  Team,
} from "../ports.ts";
import type { Git } from "../ports/git.ts";
import type { Plan } from "../protocol/work.ts";
import type { Journal } from "./journal.ts";

/** What the line needs from outside. */
export interface LinePorts {
  readonly log: EventLog;
  readonly team: Team;
  readonly git: Git;
  readonly evidence: EvidenceTools;
  /** Runs a project check through the command gate. */
  readonly runCheck: RunCheck;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  /** What outcomes have taught so far. */
  readonly trust: () => TrustCounts;
}

/** One mission on its way: what was asked, where it is written down, and the signal that stops it. */
export interface Line {
  readonly missionId: string;
  readonly opened: DataOf<"MissionOpened">;
  readonly openedAt: number;
  readonly journal: Journal;
  readonly ports: LinePorts;
  readonly signal: AbortSignal;
}

/** What an attempt learned for the next one. */
export interface Lesson {
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
  /** Commit the next attempt builds on; the mission's base when undefined. */
  readonly tip?: string;
  /** What stands already when only the ground has moved: the plan, the attempt it was decided in, and everything built. */
  readonly kept?: { readonly plan: Plan; readonly attempt: number };
}

/** The first attempt knows nothing yet. */
export const NO_LESSON: Lesson = { findings: [], remarks: [] };

/** The event that opened a mission, which is always its first. */
export type Opening = RecordedOf<"MissionOpened">;
