import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  evolve,
  phase,
  type DecisionState,
} from "../../../src/core/consensus/decision.ts";
import { decide } from "../../../src/core/consensus/decide.ts";
import { isProblem } from "../../../src/core/errors.ts";
import {
  AUTHOR,
  HASH,
  RUNS,
  SENIOR,
  anyAnswers,
  anyBallotOf,
  anySitting,
  ballot,
  evidence,
  finish,
  run,
  seated,
  verdicts,
  close,
  type Answers,
  type Sitting,
} from "./table.ts";

/** A sitting that may go to the senior model. */
const anyDispute: fc.Arbitrary<Sitting> = anySitting.map((sitting) => ({
  ...sitting,
  rules: { ...sitting.rules, senior: true },
}));

/** Where the team's own part ends: decided, escalated, or with the senior model. */
function teamEnd(sitting: Sitting, answers: Answers = []): DecisionState {
  let { state } = run([...seated(sitting), close]);
  for (let step = 0; step < 2; step += 1)
    if (phase(state) === "verifying" || phase(state) === "collecting")
      state = run([...verdicts(state, answers), close], state).state;
  return state;
}

describe("N1: the senior model stands in for no check and no required role", () => {
  it("is never asked after a required check failed or could not run, or a required role is missing", () => {
    fc.assert(
      fc.property(
        anyDispute,
        anyAnswers,
        fc.constantFrom("FAIL", "ERROR", "NOT_RUN", "role"),
        (sitting, answers, why) => {
          const state = teamEnd(
            why === "role"
              ? {
                  ...sitting,
                  rules: { ...sitting.rules, requiredRoles: ["nobody"] },
                }
              : {
                  ...sitting,
                  evidence: [
                    ...sitting.evidence,
                    evidence("gate", { status: why, required: true }),
                  ],
                },
            answers,
          );
          assert.notEqual(phase(state), "senior");
          assert.equal(state.seniorAsked, undefined);
          assert.notEqual(state.outcome?.kind, "approved");
          const word = ballot(SENIOR);
          assert.deepEqual(
            decide({ type: "RecordSenior", ballot: word }, state),
            [],
          );
        },
      ),
      RUNS,
    );
  });
});

describe("N2: the senior model is asked once, after the team and before the human, when the rules say so", () => {
  it("decides only what would be escalated, and approves nothing by silence or abstention", () => {
    fc.assert(
      fc.property(
        anySitting,
        anyAnswers,
        fc.option(anyBallotOf(SENIOR), { nil: undefined }),
        (sitting, answers, word) => {
          const alone = finish(
            run(
              seated({
                ...sitting,
                rules: { ...sitting.rules, senior: false },
              }),
            ).state,
            answers,
          ).state;
          const { state, events } = finish(
            run(seated(sitting)).state,
            answers,
            word,
          );
          assert.deepEqual(state.tallies, alone.tallies);
          const asked = events.filter(({ type }) => type === "SeniorAsked");
          if (!sitting.rules.senior) assert.equal(asked.length, 0);
          assert.ok(asked.length <= 1);
          if (asked.length === 0) {
            assert.deepEqual(state.outcome, alone.outcome);
            return;
          }
          assert.equal(alone.outcome?.kind, "escalated");
          assert.equal(
            state.outcome?.kind,
            word?.verdict === "approve"
              ? "approved"
              : word?.verdict === "block"
                ? "blocked"
                : "escalated",
          );
        },
      ),
      RUNS,
    );
  });

  it("leaves it to the human when the money or the time is gone", () => {
    fc.assert(
      fc.property(anyDispute, anyAnswers, (sitting, answers) => {
        const state = teamEnd(sitting, answers);
        fc.pre(phase(state) === "senior");
        for (const type of ["Escalate", "SeniorAbsent"] as const)
          assert.equal(
            run([{ type, because: "the budget is spent" }], state).state.outcome
              ?.kind,
            "escalated",
          );
        assert.deepEqual(decide(close, state), []);
      }),
      RUNS,
    );
  });
});

describe("N3: the last word is given by someone with no part in it, on this artifact, once", () => {
  it("refuses an author, a voter and another hash; a second word changes nothing", () => {
    fc.assert(
      fc.property(
        anyDispute,
        fc.constantFrom("author", "voter", "hash"),
        anyBallotOf(SENIOR),
        (sitting, who, word) => {
          const state = teamEnd(sitting);
          const voter = state.ballots[0]?.agentId;
          fc.pre(phase(state) === "senior" && voter !== undefined);
          const paper = {
            ...word,
            agentId:
              who === "author" ? AUTHOR : who === "voter" ? voter : SENIOR,
            artifactHash: who === "hash" ? "artifact-2" : HASH,
          };
          assert.throws(
            () => decide({ type: "RecordSenior", ballot: paper }, state),
            (error) => isProblem(error, "bad-intent", "stale-artifact"),
          );
          const answered = decide(
            { type: "RecordSenior", ballot: word },
            state,
          );
          assert.deepEqual(
            answered.map(({ type }) => type),
            [
              "SeniorAnswered",
              word.verdict === "abstain" ? "DecisionEscalated" : "DecisionMade",
            ],
          );
          // A crash between the two: whatever is asked next, the recorded word holds.
          const half = answered.slice(0, 1).reduce(evolve, state);
          const other = ballot(SENIOR, { reason: "changed my mind" });
          for (const command of [
            { type: "RecordSenior", ballot: other } as const,
            { type: "SeniorAbsent" } as const,
            close,
          ])
            assert.deepEqual(decide(command, half), answered.slice(1));
          const ended = answered.reduce(evolve, state);
          assert.deepEqual(
            decide({ type: "RecordSenior", ballot: other }, ended),
            [],
          );
        },
      ),
      RUNS,
    );
  });
});
