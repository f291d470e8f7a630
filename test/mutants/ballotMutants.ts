import { mutant } from "./mutant.ts";

const CAST = "src/core/consensus/castBallot.ts";
const DECISION = "src/core/consensus/decision.ts";
const OPEN = "src/core/consensus/openRound.ts";
const QUORUM = "src/core/consensus/quorum.ts";
const TALLY = "src/core/consensus/tally.ts";

/** Mistakes about who votes, when, and among how many. */
export const BALLOT_MUTANTS = [
  mutant(
    "S2",
    "second-ballot-cast-over-the-first",
    CAST,
    'return again ? [] : aside("equivocation");',
    "return again ? [] : [cast(ballot)];",
  ),
  mutant(
    "S2",
    "equivocation-forgotten",
    CAST,
    'return again ? [] : aside("equivocation");',
    "return [];",
  ),
  mutant(
    "B3",
    "peer-keeps-its-first-of-two-ballots",
    DECISION,
    'return phase(next) === "collecting" && isVoided(next, agentId)',
    'return phase(next) === "unopened"',
  ),
  mutant(
    "B3",
    "voided-peer-votes-again",
    CAST,
    'if (isVoided(state, ballot.agentId)) return aside("equivocation");',
    "",
  ),
  mutant(
    "B3",
    "local-elector-voided-too",
    DECISION,
    'elector.agentId === agentId && elector.hub !== "local"',
    "elector.agentId === agentId",
  ),
  mutant(
    "S3",
    "unknown-voter-counted",
    CAST,
    "if (!electors(state).some(({ agentId }) => agentId === ballot.agentId))",
    "if (electors(state).length > 1_000_000)",
  ),
  mutant(
    "S3",
    "stranger-in-the-tally",
    TALLY,
    "input.electorate.some(({ agentId }) => agentId === ballot.agentId),",
    'input.electorate.length >= 0 && ballot.agentId !== "",',
  ),
  mutant(
    "S3",
    "author-votes",
    CAST,
    'if (round.authorIds.includes(ballot.agentId)) return "author";',
    "",
  ),
  mutant(
    "S4",
    "reopened-over-itself",
    OPEN,
    "if (state.round.artifactHash === command.artifactHash) return [];",
    "if (state.round.artifactHash === command.artifactHash)\n      return openRound({ ...state, round: undefined }, command);",
  ),
  mutant(
    "S4",
    "second-round-brings-its-own-electorate",
    DECISION,
    "if (state.round === undefined) return next.round === 1;",
    "if (next.round === 1) return true;\n  if (state.round === undefined) return false;",
  ),
  mutant(
    "S4",
    "threshold-from-the-defaults",
    TALLY,
    "const bar = scored ? logit(input.rules.threshold) : 0;",
    "const bar = scored ? logit(750) : 0;",
  ),
  mutant(
    "S5",
    "denominator-is-the-votes-cast",
    QUORUM,
    "const all = voices(electorate);",
    "const all = voices(here);",
  ),
  mutant(
    "S6",
    "three-are-always-enough",
    QUORUM,
    "const needed = Math.max(1, Math.ceil((all * rules.quorum) / 1000));",
    "const needed = Math.min(3, Math.max(1, Math.ceil((all * rules.quorum) / 1000)));",
  ),
  mutant(
    "S6",
    "required-role-optional",
    QUORUM,
    'elector.role === role &&\n            elector.hub === "local" &&',
    "elector.role === role &&",
  ),
  mutant(
    "S7",
    "anybody-casts-for-anybody",
    CAST,
    "if (by !== ballot.agentId)",
    'if (by === "" && ballot.agentId === "")',
  ),
  mutant(
    "S10",
    "stale-hash-counts",
    CAST,
    'return ballot.artifactHash === round.artifactHash ? undefined : "stale";',
    "return undefined;",
  ),
  mutant(
    "S11",
    "late-by-the-clock-counts",
    CAST,
    "now >= round.deadline",
    "now > 3 * round.deadline",
  ),
  mutant(
    "S11",
    "late-after-the-tally-counts",
    CAST,
    'phase(state) !== "collecting" ||',
    "",
  ),
  mutant(
    "S11",
    "abstention-is-half-a-yes",
    "src/core/consensus/score.ts",
    'return verdict === "block" ? -elector.weight : 0;',
    'return verdict === "block"\n      ? -elector.weight\n      : verdict === "abstain"\n        ? elector.weight\n        : 0;',
  ),
  mutant(
    "B2",
    "healed-hub-votes-on-what-is-over",
    CAST,
    'phase(state) !== "collecting" ||',
    "",
  ),
  mutant(
    "C1",
    "claim-verified-again",
    DECISION,
    "!state.verifications.some((known) => known.claimId === claimId),",
    'claimId !== "" || state.verifications.length < 0,',
  ),
  mutant(
    "C1",
    "second-ballot-in-the-log",
    CAST,
    "if (first !== undefined) {",
    "if (first !== undefined && sameBallot(first, ballot)) {",
  ),
  mutant(
    "C1",
    "ended-twice",
    "src/core/consensus/decide.ts",
    'if (state.outcome !== undefined) return [];\n  if (phase(state) === "senior")',
    'if (phase(state) === "senior")',
  ),
];
