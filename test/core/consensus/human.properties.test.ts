import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decide } from "../../../src/core/consensus/decide.ts";
import { phase } from "../../../src/core/consensus/decision.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { HumanVerdict } from "../../../src/protocol/consensus.ts";
import {
  END,
  HASH,
  RUNS,
  SENIOR,
  anyAnswers,
  anyBallotOf,
  anyCourse,
  anySitting,
  attempt,
  finish,
  run,
  seated,
  verdictOf,
} from "./table.ts";

const anyVerdict = fc.constantFrom<HumanVerdict[]>(
  "approve",
  "requestChanges",
  "reject",
  "overrule",
);

describe("H1: the human owns the decision", () => {
  it("and rules after the team, however it ended, on exactly its artifact, once", () => {
    fc.assert(
      fc.property(
        anySitting,
        anyAnswers,
        fc.option(anyBallotOf(SENIOR), { nil: undefined }),
        anyVerdict,
        anyVerdict,
        (sitting, answers, word, verdict, second) => {
          const { state } = finish(run(seated(sitting)).state, answers, word);
          const rule = {
            type: "RuleAsHuman",
            artifactHash: HASH,
            verdict,
            reason: "I know better",
            by: "human",
          } as const;
          assert.throws(
            () => decide({ ...rule, artifactHash: "artifact-2" }, state),
            (error) => isProblem(error, "stale-artifact"),
          );
          const blocked = phase(state) === "blocked";
          const ruled = run([rule], state);
          if (verdict === "approve" && blocked) {
            assert.deepEqual(ruled.events, []);
            return;
          }
          assert.equal(ruled.state.ruling?.verdict, verdict);
          assert.deepEqual(verdictOf(ruled.state), verdictOf(state));
          assert.deepEqual(
            attempt({ ...rule, verdict: second }, ruled.state),
            [],
          );
        },
      ),
      RUNS,
    );
  });

  it("and says nothing while the team still decides", () => {
    fc.assert(
      fc.property(anyCourse, anyVerdict, ({ commands }, verdict) => {
        const { state } = run(commands);
        const rule = {
          type: "RuleAsHuman",
          artifactHash: HASH,
          verdict,
          reason: "at once",
          by: "human",
        } as const;
        if (state.outcome === undefined)
          assert.throws(
            () => decide(rule, state),
            (error) => isProblem(error, "no-decision"),
          );
        const ended = run(END, state).state;
        assert.notEqual(ended.outcome, undefined);
      }),
      RUNS,
    );
  });

  it("and overrules only with a reason", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.constantFrom("", " ", "\n\t"),
        (sitting, reason) => {
          const { state } = run([...seated(sitting), ...END]);
          assert.throws(
            () =>
              decide(
                {
                  type: "RuleAsHuman",
                  artifactHash: HASH,
                  verdict: "overrule",
                  reason,
                  by: "human",
                },
                state,
              ),
            (error) => isProblem(error, "bad-intent"),
          );
        },
      ),
      RUNS,
    );
  });
});
