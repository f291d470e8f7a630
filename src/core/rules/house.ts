import type { RulesFile } from "../../protocol/rulesFile.ts";
import type { RulesFault } from "./fault.ts";

/** Line (1-based) of each key of a rules file, by its dotted path, such as `labels.auth`. */
export type RuleLines = Readonly<Record<string, number>>;

/** A rules file, or everything that is wrong with it. */
export type RulesReading =
  | { readonly ok: true; readonly rules: RulesFile; readonly lines: RuleLines }
  | { readonly ok: false; readonly faults: readonly RulesFault[] };

/** A repository's rules as they are committed. */
export interface HouseFile {
  readonly rules: RulesFile;
  /** Revision they were read from. */
  readonly from: string;
  readonly lines: RuleLines;
}
