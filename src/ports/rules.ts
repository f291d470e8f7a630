import type { HouseFile } from "../core/rules/house.ts";

/** Reads the rules file of a revision; undefined where there is none. Rejects with `bad-rules`, naming line and column. */
export type HouseRulesAt = (
  repo: string,
  treeish: string,
) => Promise<HouseFile | undefined>;
