import type { Evidence, Subject } from "../protocol/consensus.ts";
import type { Line } from "./line.ts";
import type { ReadFiles } from "./places.ts";

/** Something the team decides on. */
export interface Proposal {
  /** Unique within the mission, stable over restarts. */
  readonly decisionId: string;
  readonly subject: Subject;
  readonly title: string;
  /** What an approval is bound to: the hash of the plan's text, or the git tree. */
  readonly artifactHash: string;
  /** What electors read. */
  readonly artifact: string;
  /** The part of it that is about one file, for who checks a claim there; all of it when left out. */
  readonly excerpt?: (path: string) => string;
  /** Reads the files of a change, to see whether what is said of them stands there; left out where there are none. */
  readonly files?: ReadFiles;
  readonly authorIds: readonly string[];
  readonly attempt: number;
  /** Files it touches or means to touch, under their old names too: labels of the rules look at them. */
  readonly paths: readonly string[];
  /** Folder with the files it is about, read-only. */
  readonly root: string;
  /** Runs the deterministic tools; called once per decision. */
  readonly evidence: (line: Line) => Promise<readonly Evidence[]>;
}
