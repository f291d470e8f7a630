import type { AnalysisName } from "./analyses.ts";
import type { Seen, Texts } from "./tool.ts";

/** What the app asks the process of an analysis, once. */
export interface Question extends Omit<Texts, "signal"> {
  readonly name: AnalysisName;
}

/** What it answers, once. */
export type Answer =
  | { readonly ok: true; readonly seen: readonly Seen[] }
  | { readonly ok: false; readonly message: string };
