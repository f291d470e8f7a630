import type { Evidence, Subject } from "../protocol/consensus.ts";
import type { Line } from "./line.ts";

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
  readonly authorIds: readonly string[];
  readonly attempt: number;
  /** Files it touches or means to touch, under their old names too: labels of the rules look at them. */
  readonly paths: readonly string[];
  /** Folder with the files it is about, read-only. */
  readonly root: string;
  /** Runs the deterministic tools; called once per decision. */
  readonly evidence: (line: Line) => Promise<readonly Evidence[]>;
}
