import type { RulesFault } from "../core/rules/fault.ts";
import type { RulesFile } from "../protocol/rulesFile.ts";

/** A rules file, or everything that is wrong with it. */
export type RulesReading =
  | {
      readonly ok: true;
      readonly rules: RulesFile;
      /** Line (1-based) of each key, by its dotted path, such as `labels.auth`. */
      readonly lines: Readonly<Record<string, number>>;
    }
  | { readonly ok: false; readonly faults: readonly RulesFault[] };

/** Reads the text of a rules file; never throws. */
export type ReadRules = (text: string) => RulesReading;
