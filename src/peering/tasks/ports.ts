import type { Chance, Clock, EventLog, Reply, TextLog } from "../../ports.ts";
import type { Git } from "../../ports/git.ts";
import type { AnswerOf, WorkOf } from "../../protocol/work.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { PeeringTable } from "../rooms.ts";
import type { TaskBook } from "./book.ts";
import type { Runs } from "./runs.ts";

/** What delegated work needs from this hub. */
export interface TasksPorts {
  readonly table: PeeringTable;
  readonly blobs: Blobs;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Pick<Chance, "id">;
  readonly textLog: TextLog;
  readonly git: Pick<Git, "inspect" | "parcels">;
  /** Whether the kill switch is pulled. */
  readonly stopped: () => boolean;
  /** Commands that check the project at a commit. */
  readonly checksOf: (
    repo: string,
    commit: string,
  ) => Promise<readonly (readonly string[])[]>;
  /** Gives work to a developer of this hub and waits for its end; a "no" is a value. Rejects when aborted. */
  readonly implement: (
    work: WorkOf<"implement">,
    signal: AbortSignal,
  ) => Promise<Reply<AnswerOf<"implement">>>;
  /** Opens the ordinary review of a branch and resolves with its mission; a branch that is reviewed already keeps its mission. */
  readonly review: (what: {
    readonly repo: string;
    readonly base: string;
    readonly branch: string;
    readonly goal: string;
  }) => Promise<string>;
}

/** What both sides of delegated work share. */
export interface Desk extends TasksPorts {
  readonly self: string;
  readonly book: TaskBook;
  readonly runs: Runs;
  /** Forgets the files that no task needs any more. */
  readonly sweep: () => Promise<void>;
}
