import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { contestedFor } from "../../../src/core/consensus/contested.ts";
import {
  evolve,
  fold,
  initial,
  phase,
  type DecisionEvent,
} from "../../../src/core/consensus/decision.ts";
import type { DecisionCommand } from "../../../src/core/consensus/decide.ts";
import type { HumanVerdict } from "../../../src/protocol/consensus.ts";
import {
  END,
  FOUR,
  HASH,
  ROUND_MS,
  RUNS,
  anyAnswers,
  anyBallotOf,
  anyCourse,
  anySitting,
  attempt,
  ballot,
  cast,
  close,
  finish,
  opening,
  run,
  seated,
  verdictOf,
  verdicts,
  SENIOR,
} from "./table.ts";

describe("S1: what is decided never changes", () => {
  it("by no command and no event, the human's ruling included", () => {
    fc.assert(
      fc.property(
        anyCourse,
        anyCourse,
        fc.constantFrom("approved", "blocked"),
        ({ sitting, commands }, other, outcome) => {
          const { state } = run([...commands, ...END]);
          assert.ok(state.outcome);
          const later = run(
            [
              ...other.commands,
              ...seated({ ...sitting, ballots: other.sitting.ballots }),
              ...END,
              { type: "RecordSenior", ballot: ballot(SENIOR) },
              { type: "Escalate", because: "late doubts" },
            ],
            state,
          );
          const forged: DecisionEvent = {
            type: "DecisionMade",
            data: {
              decisionId: "d1",
              subject: sitting.subject,
              artifactHash: HASH,
              outcome,
              because: "forged",
              dissent: [],
            },
          };
          const after = [...run(other.commands).events, forged].reduce(
            evolve,
            later.state,
          );
          assert.deepEqual(verdictOf(later.state), verdictOf(state));
          assert.deepEqual(verdictOf(after), verdictOf(state));
          assert.deepEqual(after.ballots, state.ballots);
          assert.deepEqual(after.verifications, state.verifications);
          assert.deepEqual(after.senior, state.senior);
          const ruling = (verdict: HumanVerdict): DecisionEvent => ({
            type: "HumanRuled",
            data: {
              decisionId: "d1",
              artifactHash: HASH,
              verdict,
              reason: "",
              by: "human",
            },
          });
          const ruled = [ruling("reject"), ruling("overrule")].reduce(
            evolve,
            after,
          );
          assert.equal(
            ruled.ruling?.verdict,
            state.ruling?.verdict ?? after.ruling?.verdict ?? "reject",
          );
          if (state.ruling !== undefined)
            assert.deepEqual(ruled.ruling, state.ruling);
        },
      ),
      RUNS,
    );
  });

  it("and reopening it is another decision, which says what it supersedes", () => {
    fc.assert(
      fc.property(anyCourse, ({ sitting, commands }) => {
        const { state, events } = run([...commands, ...END]);
        const again = {
          ...opening(sitting.subject, sitting.electorate, sitting.rules),
          decisionId: "d2",
          supersedes: "d1",
        };
        const reopened = run([again]);
        const log = [...events, ...reopened.events];
        assert.equal(reopened.state.round?.supersedes, "d1");
        assert.deepEqual(verdictOf(fold(log, "d1")), verdictOf(state));
        assert.equal(phase(fold(log, "d2")), "collecting");
        assert.deepEqual(attempt({ ...again, decisionId: "d1" }, initial), []);
      }),
      RUNS,
    );
  });
});

describe("S12-order: order does not matter", () => {
  it("neither of ballots, evidence and seats nor of verifications", () => {
    const shuffledSitting = anySitting.chain((sitting) =>
      fc.record({
        sitting: fc.constant(sitting),
        ballots: fc.shuffledSubarray([...sitting.ballots], {
          minLength: sitting.ballots.length,
        }),
        evidence: fc.shuffledSubarray([...sitting.evidence], {
          minLength: sitting.evidence.length,
        }),
        electorate: fc.shuffledSubarray([...sitting.electorate], {
          minLength: sitting.electorate.length,
        }),
      }),
    );
    fc.assert(
      fc.property(
        shuffledSitting,
        anyAnswers,
        ({ sitting, ballots, evidence, electorate }, answers) => {
          const shuffled = { ...sitting, ballots, evidence, electorate };
          const outcomes = [sitting, shuffled].map((one, index) => {
            const open = run([...seated(one), close]);
            const papers = verdicts(open.state, answers);
            const heard = run(
              index === 0 ? papers : papers.toReversed(),
              open.state,
            );
            const counted = run([close], heard.state);
            const follows = [...open.events, ...counted.events].filter(
              ({ type }) =>
                type !== "RoundOpened" &&
                type !== "BallotCast" &&
                type !== "EvidenceRecorded",
            );
            return JSON.stringify([
              follows,
              phase(counted.state),
              contestedFor(counted.state, "a0"),
            ]);
          });
          assert.equal(outcomes[1], outcomes[0]);
        },
      ),
      RUNS,
    );
  });
});

describe("S12-order: who blocks first", () => {
  it("does not change what the rebuttal shows, nor in which order", () => {
    const blocks = FOUR.slice(1).map(({ agentId }) =>
      cast(ballot(agentId, { verdict: "block", reason: `${agentId} objects` })),
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(blocks, { minLength: blocks.length }),
        fc.constantFrom(...FOUR),
        (order, { agentId }) => {
          const [one, other] = [blocks, order].map((papers) =>
            contestedFor(
              run([opening("plan", FOUR, { threshold: 999 }), ...papers, close])
                .state,
              agentId,
            ),
          );
          assert.equal(one?.length, blocks.length);
          assert.deepEqual(other, one);
        },
      ),
      RUNS,
    );
  });
});

describe("S13: a replay gives the same bytes", () => {
  it("and the fold of the stored events is the state", () => {
    fc.assert(
      fc.property(anyCourse, ({ commands }) => {
        const once = run(commands);
        const twice = run(structuredClone(commands));
        assert.equal(JSON.stringify(twice), JSON.stringify(once));
        const stored = JSON.parse(
          JSON.stringify(once.events),
        ) as DecisionEvent[];
        assert.deepEqual(fold(stored, "d1"), once.state);
        assert.deepEqual(fold(stored, "another"), initial);
      }),
      RUNS,
    );
  });

  it("in whole numbers only, whatever the clock, the time zone and chance say", () => {
    const { now } = Date;
    const { random } = Math;
    fc.assert(
      fc.property(
        anySitting,
        anyAnswers,
        fc.nat(),
        (sitting, answers, time) => {
          const whole = (): string => {
            const course = run([...seated(sitting), close]);
            const rest = finish(course.state, answers);
            return JSON.stringify([course.events, rest.events]);
          };
          try {
            const first = whole();
            Date.now = () => time;
            Math.random = () => (time % 997) / 997;
            assert.equal(whole(), first);
            for (const [number] of first.matchAll(/-?\d+\.\d+(?=[,}\]])/gu))
              assert.fail(`a fraction in the log: ${number}`);
          } finally {
            Date.now = now;
            Math.random = random;
          }
        },
      ),
      RUNS,
    );
  });
});

describe("L1: a decision ends", () => {
  it("after at most its rounds, its verification and one senior model, from wherever it stands", () => {
    fc.assert(
      fc.property(anyCourse, anyAnswers, ({ sitting, commands }, answers) => {
        const { state } = run(commands);
        const ended = finish(state, answers).state;
        assert.ok(ended.outcome);
        const rounds = ended.tallies.length;
        assert.ok(rounds <= sitting.rules.maxRounds);
        assert.ok(run(END, state).state.outcome);
      }),
      RUNS,
    );
  });
});

describe("L2: silence never approves", () => {
  it("escalates what nobody votes on within its deadline, and what has no quorum", () => {
    fc.assert(
      fc.property(anySitting, anyAnswers, (sitting, answers) => {
        const silent = { ...sitting, ballots: [] };
        const { state } = finish(run(seated(silent)).state, answers);
        assert.notEqual(state.outcome?.kind, "approved");
        const undecided = {
          ...sitting,
          ballots: sitting.ballots.map((paper) => ({
            ...paper,
            verdict: "abstain" as const,
          })),
        };
        const hesitant = finish(run(seated(undecided)).state, answers).state;
        assert.notEqual(hesitant.outcome?.kind, "approved");
        const spoken = finish(run(seated(sitting)).state, answers).state;
        if (spoken.tallies.at(-1)?.outcome === "noQuorum")
          assert.equal(spoken.outcome?.kind, "escalated");
      }),
      RUNS,
    );
  });
});

describe("L3: a crash changes neither the end nor the record", () => {
  it("at any boundary between two events, however often", () => {
    fc.assert(
      fc.property(
        anySitting,
        anyAnswers,
        fc.option(anyBallotOf(SENIOR), { nil: undefined }),
        fc.array(fc.nat(3), { maxLength: 12 }),
        fc.boolean(),
        (sitting, answers, word, crashes, silent) => {
          const smooth = run([
            ...seated(sitting),
            { type: "EvidenceDone" },
            close,
          ]);
          const second = silent
            ? []
            : sitting.ballots.map((paper) => cast({ ...paper, round: 2 }, 2));
          const script: DecisionCommand[] = [
            ...seated(sitting),
            { type: "EvidenceDone" },
            close,
            ...verdicts(smooth.state, answers),
            ...second,
            close,
            word === undefined
              ? { type: "SeniorAbsent" }
              : { type: "RecordSenior", ballot: word },
          ];
          const whole = run(script);
          assert.ok(whole.state.outcome);

          const log: DecisionEvent[] = [];
          for (const command of script) {
            let done = false;
            while (!done) {
              const state = fold(log, "d1");
              const events = attempt(command, state);
              const kept = crashes.pop() ?? events.length;
              log.push(...events.slice(0, kept));
              done = kept >= events.length;
            }
          }
          assert.equal(JSON.stringify(log), JSON.stringify(whole.events));
        },
      ),
      RUNS,
    );
  });

  it("and a ballot that was on its way comes too late or in time, never half", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.integer({ min: 0, max: 2 * ROUND_MS }),
        (sitting, at) => {
          const before = run(seated(sitting)).state;
          const [voter] = sitting.electorate.filter(
            ({ agentId }) =>
              !sitting.ballots.some((paper) => paper.agentId === agentId),
          );
          fc.pre(voter !== undefined);
          const { state } = run([cast(ballot(voter.agentId), at)], before);
          const counted = state.ballots.length - before.ballots.length;
          const aside = state.setAside.length - before.setAside.length;
          assert.deepEqual([counted, aside], at < ROUND_MS ? [1, 0] : [0, 1]);
        },
      ),
      RUNS,
    );
  });
});
