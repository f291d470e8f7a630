import { mutant } from "./mutant.ts";

const DECIDE = "src/core/consensus/decide.ts";
const DECISION = "src/core/consensus/decision.ts";
const DISSENT = "src/core/consensus/dissent.ts";
const CONTESTED = "src/core/consensus/contested.ts";
const HUMAN = "src/core/consensus/ruleAsHuman.ts";
const METER = "src/agents/meter.ts";

/** Mistakes about the course of a decision: its end, its replay, its record, what is shown and what is paid. */
export const COURSE_MUTANTS = [
  mutant(
    "S1",
    "decided-twice",
    DECISION,
    "if (state.outcome !== undefined) return state;\n  switch",
    "switch",
  ),
  mutant(
    "S1",
    "second-ruling-replaces-the-first",
    DECISION,
    "return state.outcome === undefined || state.ruling !== undefined",
    "return state.outcome === undefined",
  ),
  mutant(
    "S12-order",
    "first-gate-that-came",
    "src/core/consensus/gate.ts",
    ".toSorted((a, b) => compareText(a.id, b.id))[0]",
    "[0]",
  ),
  mutant(
    "S12-order",
    "claims-in-order-of-arrival",
    CONTESTED,
    ".toSorted(([a], [b]) => compareText(a, b))",
    "",
  ),
  mutant(
    "S13",
    "reads-the-clock",
    "src/core/consensus/openRound.ts",
    "deadline: command.now + command.rules.roundMs,",
    "deadline: Date.now() + command.rules.roundMs,",
  ),
  mutant(
    "S13",
    "sums-of-fractions",
    "src/core/consensus/score.ts",
    "return Math.round(total / PRECISION);",
    "return total / PRECISION;",
  ),
  mutant(
    "S13",
    "throws-dice",
    "src/core/consensus/tally.ts",
    "absent: input.electorate.length - ballots.length,",
    "absent: input.electorate.length - ballots.length + Math.round(Math.random()),",
  ),
  mutant(
    "S14",
    "calls-in-flight-are-free",
    "src/core/budget.ts",
    "state.spentMicroUsd + state.reservedMicroUsd + microUsd <= capMicroUsd",
    "state.spentMicroUsd + microUsd <= capMicroUsd",
  ),
  mutant(
    "S14",
    "two-calls-share-the-last-dollar",
    METER,
    "queue = reserved.catch(() => undefined);",
    "",
  ),
  mutant(
    "S14",
    "checked-after-the-call",
    METER,
    "const callId = await reserved;",
    "turn = await models.turn(request, signal, onText);\n      const callId = await reserved;",
  ),
  mutant(
    "S14",
    "day-has-no-cap",
    METER,
    "if (!mayReserve(today(), dailyCapMicroUsd, microUsd))",
    "if (!mayReserve(today(), Number.MAX_SAFE_INTEGER, microUsd))",
  ),
  mutant(
    "S15",
    "losers-are-forgotten",
    DISSENT,
    "const against = own.filter((ballot) => !sides(ballot, outcome));",
    "const against = own.filter((ballot) => sides(ballot, outcome));",
  ),
  mutant(
    "S15",
    "abstentions-are-forgotten",
    DISSENT,
    "const against = own.filter((ballot) => !sides(ballot, outcome));",
    'const against = own.filter(\n        (ballot) => !sides(ballot, outcome) && ballot.verdict !== "abstain",\n      );',
  ),
  mutant(
    "S15",
    "single-findings-are-forgotten",
    DISSENT,
    'if (standing !== "SINGLE" && verified !== "refuted") continue;',
    'if (verified !== "refuted") continue;',
  ),
  mutant(
    "S15",
    "refuted-findings-are-forgotten",
    DISSENT,
    'if (standing !== "SINGLE" && verified !== "refuted") continue;',
    'if (standing !== "SINGLE" || verified === "refuted") continue;',
  ),
  mutant(
    "S15",
    "findings-of-the-senior-are-forgotten",
    DISSENT,
    "...(senior?.agentId === agentId ? senior.findings : []),",
    "",
  ),
  mutant(
    "S16",
    "first-prompt-shows-claims",
    "src/agents/prompt.ts",
    "if (work.round === 1) return undefined;",
    "if (work.round === 0) return undefined;",
  ),
  mutant(
    "S16",
    "sealed-ballots-are-shown",
    CONTESTED,
    '({ round, verdict }) => round === last?.round && verdict === "block",',
    '({ verdict }) => verdict === "block",',
  ),
  mutant(
    "L1",
    "rounds-without-end",
    DECIDE,
    "round.round < round.rules.maxRounds &&",
    "",
  ),
  mutant(
    "L1",
    "waits-for-dead-verifiers",
    DECIDE,
    'const claims = phase(state) === "collecting" ? claimsToVerify(state) : [];',
    "const claims = claimsToVerify(state);",
  ),
  mutant(
    "L2",
    "no-quorum-is-a-yes",
    DECIDE,
    ': conclude(round, state, "escalated", because);',
    ': conclude(round, state, "approved", because);',
  ),
  mutant(
    "L2",
    "abstentions-are-enough",
    "src/core/consensus/tally.ts",
    '!input.ballots.some(({ verdict }) => verdict === "approve")',
    "input.ballots.length === 0",
  ),
  mutant(
    "L3",
    "stuck-between-tally-and-end",
    DECIDE,
    "if (last?.round === round.round) return [follow(round, state, last, now)];",
    "if (last?.round === round.round) return [];",
  ),
  mutant(
    "H1",
    "rules-on-any-artifact",
    HUMAN,
    "if (command.artifactHash !== artifactHash) throw staleArtifact();",
    'if (artifactHash === "") throw staleArtifact();',
  ),
  mutant(
    "H1",
    "approves-what-was-blocked-by-the-way",
    HUMAN,
    'if (verdict === "approve" && state.outcome.kind === "blocked")',
    'if (verdict === "approve" && state.outcome.kind === "escalated")',
  ),
  mutant(
    "H1",
    "overrules-without-a-reason",
    HUMAN,
    'reason.trim() === ""',
    "reason.length < 0",
  ),
];
