import { mutant } from "./mutant.ts";

const QUORUM = "src/core/consensus/quorum.ts";
const SCORE = "src/core/consensus/score.ts";
const TALLY = "src/core/consensus/tally.ts";

/** Mistakes about how ballots and checks are counted. */
export const TALLY_MUTANTS = [
  mutant(
    "S8",
    "random-vote",
    SCORE,
    'if (verdict === "approve") return elector.weight;',
    'if (verdict === "approve")\n      return Math.random() > 0.3 ? elector.weight : -elector.weight;',
  ),
  mutant(
    "S8",
    "names-decide",
    SCORE,
    'if (verdict === "approve") return elector.weight;',
    'if (verdict === "approve")\n      return elector.agentId.startsWith("a") ? elector.weight : 0;',
  ),
  mutant(
    "S9",
    "veto-without-a-failed-check",
    TALLY,
    ".map((finding) => citedFailure(finding, input.evidence))",
    ".map((finding) =>\n        input.evidence.find(({ id }) => id === finding.evidenceRef),\n      )",
  ),
  mutant(
    "S9",
    "no-veto",
    TALLY,
    "if (veto !== undefined) return blocked(veto);",
    "",
  ),
  mutant(
    "S12-monotone",
    "weakest-votes-first",
    SCORE,
    ".toSorted((a, b) => Math.abs(b) - Math.abs(a));",
    ".toSorted((a, b) => Math.abs(a) - Math.abs(b));",
  ),
  mutant(
    "S12-monotone",
    "ties-by-arrival",
    SCORE,
    "for (; Math.abs(bySize[end] ?? 0) === size; end += 1) {",
    "for (; end === start; end += 1) {",
  ),
  mutant(
    "E1",
    "failed-gate-is-outvoted",
    TALLY,
    "if (gate !== undefined)\n    return blocked(",
    "if (gate !== undefined && input.ballots.length === 0)\n    return blocked(",
  ),
  mutant(
    "E1",
    "check-that-did-not-run-passes",
    TALLY,
    "const gate = gateNotRun(input.evidence);",
    "const gate = failedGate(input.evidence);",
  ),
  mutant(
    "E2",
    "passed-check-weighs",
    TALLY,
    'status === "FAIL" && !required',
    'status !== "NOT_RUN" && !required',
  ),
  mutant(
    "T1",
    "majority-over-a-change",
    TALLY,
    "scored ? byScore(score, bar) : byFindings()",
    "byScore(scoreOf(counted), logit(input.rules.threshold))",
  ),
  mutant("T1", "one-voice-blocks", TALLY, 'standing !== "SINGLE" &&', ""),
  mutant(
    "T2",
    "any-block-splits-a-change",
    TALLY,
    'return finish.outcome === "approved" &&\n    !input.ballots.some(({ verdict }) => verdict === "approve")',
    'return finish.outcome === "approved" &&\n    input.ballots.some(({ verdict }) => verdict === "block")',
  ),
  mutant(
    "T3",
    "trusted-voice-blocks-alone",
    TALLY,
    "{ ...cluster, posterior, reported: reported.has(index) };",
    '{ ...cluster, posterior, reported: reported.has(index), ...(posterior > 0 && { standing: "CONFIRMED" }) };',
  ),
  mutant(
    "B1",
    "hub-without-a-cap",
    SCORE,
    "Math.min(cap, Math.max(-cap, sum))",
    "Math.min(9 * cap, Math.max(-9 * cap, sum))",
  ),
  mutant(
    "B1",
    "hub-makes-the-quorum",
    QUORUM,
    "return { met: local && present >= needed,",
    "return { met: present >= needed || local,",
  ),
  mutant(
    "B1",
    "hub-is-many-voices",
    QUORUM,
    'hub === "local" ? `agent:${agentId}` : `hub:${hub}`,',
    "`agent:${agentId}/${hub}`,",
  ),
  mutant(
    "B1",
    "hub-vetoes",
    TALLY,
    'elector.hub !== "local" ||\n      !input.rules',
    "!input.rules",
  ),
];
