import type { Tier } from "../ports.ts";
import type { RoleFile } from "../protocol/role.ts";
import type { Work } from "../protocol/work.ts";

/**
 * The tier that does a piece of work: plans, answers, verifications and what a split team could not settle go to the strongest,
 * steps and ballots to the role's own. The shipped roles share one, so that a round of ballots fills one cache.
 */
export function tierOf(work: Work, { tier }: Pick<RoleFile, "tier">): Tier {
  switch (work.kind) {
    case "plan":
    case "resolve":
    case "verify":
      return "strong";
    case "ballot":
      return work.split === undefined ? tier : "strong";
    case "implement":
      return tier;
  }
}
