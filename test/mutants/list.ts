import { BALLOT_MUTANTS } from "./ballotMutants.ts";
import { COURSE_MUTANTS } from "./courseMutants.ts";
import type { Mutant } from "./mutant.ts";
import { STAGE_MUTANTS } from "./stageMutants.ts";
import { TALLY_MUTANTS } from "./tallyMutants.ts";

/** All mutants of the protocol: at least one for each of its properties. */
export const MUTANTS: readonly Mutant[] = [
  ...BALLOT_MUTANTS,
  ...COURSE_MUTANTS,
  ...TALLY_MUTANTS,
  ...STAGE_MUTANTS,
];
