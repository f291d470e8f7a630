import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  ballotIn,
  evolve,
  isVoided,
  missingBallots,
} from "../../../src/core/consensus/decision.ts";
import { discountedSum, votesOf } from "../../../src/core/consensus/score.ts";
import { tally, type TallyInput } from "../../../src/core/consensus/tally.ts";
import { canonicalJson } from "../../../src/core/json.ts";
import type { Ballot, Elector } from "../../../src/protocol/consensus.ts";
import {
  RULES,
  RUNS,
  anyBallotOf,
  anySitting,
  anyWeight,
  ballot,
  cast,
  castIn,
  close,
  elector,
  evidence,
  finish,
  opening,
  run,
  verdictOf,
  type Sitting,
} from "./table.ts";

function count(sitting: Sitting): ReturnType<typeof tally> {
  return tally({ round: 1, ...sitting });
}

describe("B1: a peer hub, however many electors it sends", () => {
  /** A sitting without strangers, and a hub that joins it with any number of seats and ballots. */
  const anyInvasion = fc
    .record({
      sitting: anySitting,
      seats: fc.array(
        fc.record({
          role: fc.constantFrom("architect", "security", "qa"),
          lineage: fc.constantFrom("model-8", "model-9"),
          weight: anyWeight,
        }),
        { minLength: 1, maxLength: 8 },
      ),
    })
    .chain(({ sitting, seats }) => {
      const members = seats.map((seat, index) =>
        elector(`x${String(index)}`, { ...seat, hub: "hub-x" }),
      );
      return fc.record({
        sitting: fc.constant(sitting),
        members: fc.constant(members),
        papers: fc.tuple(...members.map(({ agentId }) => anyBallotOf(agentId))),
      });
    });

  const local = ({ ballots, electorate }: Sitting): readonly Ballot[] =>
    ballots.filter(({ agentId }) =>
      electorate.some((e) => e.agentId === agentId && e.hub === "local"),
    );

  it("moves the score no further than the strongest local elector could", () => {
    fc.assert(
      fc.property(anyInvasion, ({ sitting, members, papers }) => {
        const strongest = Math.max(
          0,
          ...sitting.electorate
            .filter(({ hub }) => hub === "local")
            .map(({ weight }) => weight),
        );
        const votes = votesOf(sitting.electorate, sitting.ballots);
        const score = discountedSum(
          votesOf(
            [...sitting.electorate, ...members],
            [...sitting.ballots, ...papers],
          ),
        );
        assert.ok(score <= discountedSum([...votes, strongest]));
        assert.ok(score >= discountedSum([...votes, -strongest]));
      }),
      RUNS,
    );
  });

  it("decides nothing alone: where no local elector voted there is no quorum", () => {
    fc.assert(
      fc.property(anyInvasion, ({ sitting, members, papers }) => {
        const alone: TallyInput = {
          ...sitting,
          round: 1,
          evidence: [],
          electorate: [...sitting.electorate, ...members],
          ballots: [...papers],
        };
        const { outcome, clusters } = tally(alone);
        assert.equal(outcome, "noQuorum");
        for (const { standing } of clusters) assert.equal(standing, "SINGLE");
      }),
      RUNS,
    );
  });

  it("cannot veto or confirm: citing a failed check of ours blocks no change that we let pass", () => {
    fc.assert(
      fc.property(anyInvasion, ({ sitting, members, papers }) => {
        const base: Sitting = {
          ...sitting,
          subject: "change",
          evidence: [evidence("ours", { findings: [] })],
          ballots: local(sitting).map((paper) => ({ ...paper, findings: [] })),
        };
        const cite = papers.map((paper) => ({
          ...paper,
          verdict: "block" as const,
          findings: paper.findings.map((claim) => ({
            ...claim,
            evidenceRef: "ours",
          })),
        }));
        assert.notEqual(
          count({
            ...base,
            electorate: [...base.electorate, ...members],
            ballots: [...base.ballots, ...cite],
          }).outcome,
          "blocked",
        );
      }),
      RUNS,
    );
  });

  it("is one voice for the quorum: a second elector of it adds nothing", () => {
    fc.assert(
      fc.property(anyInvasion, ({ sitting, members, papers }) => {
        const [firstMember] = members;
        const [firstPaper] = papers;
        assert.ok(firstMember && firstPaper);
        const with_ = (
          more: readonly Elector[],
          said: readonly Ballot[],
        ): boolean =>
          count({
            ...sitting,
            subject: "question",
            evidence: [],
            electorate: [...sitting.electorate, ...more],
            ballots: [...sitting.ballots, ...said],
          }).outcome === "noQuorum";
        assert.equal(
          with_(members, papers),
          with_([firstMember], [firstPaper]),
        );
      }),
      RUNS,
    );
  });

  it("changes nothing with forged ballots: ten times as many say no more than one", () => {
    fc.assert(
      fc.property(
        anySitting,
        anyWeight,
        fc.constantFrom("approve", "block"),
        fc.integer({ min: 2, max: 40 }),
        (sitting, weight, verdict, many) => {
          const strongest = Math.max(
            0,
            ...sitting.electorate
              .filter(({ hub }) => hub === "local")
              .map((member) => member.weight),
          );
          fc.pre(weight >= strongest);
          const score = (size: number): number => {
            const seats = Array.from({ length: size }, (_, index) =>
              elector(`x${String(index)}`, { hub: "hub-x", weight }),
            );
            return discountedSum(
              votesOf(
                [...sitting.electorate, ...seats],
                [
                  ...sitting.ballots,
                  ...seats.map(({ agentId }) => ballot(agentId, { verdict })),
                ],
              ),
            );
          };
          assert.equal(score(many), score(1));
        },
      ),
      RUNS,
    );
  });
});

describe("B2: a hub that is cut off", () => {
  it("leaves the decision to the local quorum or the human, and its ballots come too late to count", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 1000 }),
        (locals, remotes, quorum) => {
          const own = Array.from({ length: locals }, (_, index) =>
            elector(`a${String(index)}`, { weight: 2200 }),
          );
          const far = Array.from({ length: remotes }, (_, index) =>
            elector(`x${String(index)}`, { hub: "hub-x" }),
          );
          const cutOff = finish(
            run([
              opening("plan", [...own, ...far], { ...RULES, quorum }),
              ...own.map(({ agentId }) => cast(ballot(agentId))),
              close,
            ]).state,
          ).state;
          const enough = locals * 1000 >= (locals + 1) * quorum;
          assert.equal(cutOff.outcome?.kind, enough ? "approved" : "escalated");
          const healed = run(
            far.map(({ agentId }) =>
              cast(ballot(agentId, { verdict: "block" }), 2),
            ),
            cutOff,
          );
          assert.deepEqual(verdictOf(healed.state), verdictOf(cutOff));
          assert.deepEqual(
            healed.events.map((event) =>
              event.type === "BallotSetAside" ? event.data.why : event.type,
            ),
            far.map(() => "late"),
          );
        },
      ),
      RUNS,
    );
  });
});

describe("B3: an elector of another hub that says two things", () => {
  const far = elector("x0", { hub: "hub-x" });
  const near = elector("a0");
  const anyTwo = fc
    .tuple(anyBallotOf("x0"), anyBallotOf("x0"))
    .filter(([one, other]) => canonicalJson(one) !== canonicalJson(other));

  it("has no ballot in the decision, whichever came first and however often; a local one keeps its first", () => {
    fc.assert(
      fc.property(anyTwo, fc.nat(4), ([one, other], more) => {
        const again = Array.from({ length: more }, (_, index) =>
          cast(index % 2 === 0 ? one : other),
        );
        const table = [
          opening("plan", [near, far]),
          cast(ballot("a0")),
          cast(ballot("a0", { verdict: "block" })),
        ];
        const { state, events } = run([
          ...table,
          cast(one),
          cast(other),
          ...again,
        ]);
        assert.deepEqual(
          castIn(events).map(({ agentId }) => agentId),
          ["a0", "x0"],
        );
        const { state: turned } = run([...table, cast(other), cast(one)]);
        for (const { ballots } of [state, turned])
          assert.deepEqual(
            ballots.map(({ agentId }) => agentId),
            ["a0"],
          );
        assert.ok(isVoided(state, "x0"));
        assert.deepEqual(missingBallots(state), []);
        // Both are on record: the first as it was cast, the second as what voided it.
        assert.equal(
          state.setAside.filter(({ why }) => why === "equivocation").length >=
            1,
          true,
        );
        const silent = run([...table, close]).state.tallies;
        assert.deepEqual(run([close], state).state.tallies, silent);
      }),
      RUNS,
    );
  });

  it("is voided by proof from its hub's own words as well, before a ballot of it was cast and after, and in later rounds", () => {
    fc.assert(
      fc.property(anyTwo, fc.boolean(), ([one, other], castFirst) => {
        const { state } = run([
          opening("plan", [near, far]),
          ...(castFirst ? [cast(one)] : []),
          { type: "VoidBallots", ballots: [one, other] },
          { type: "VoidBallots", ballots: [one, other] },
          cast({ ...one, round: 2 }),
        ]);
        assert.deepEqual(state.ballots, []);
        assert.equal(
          state.setAside.filter(({ ballot: paper }) => paper.round === 1)
            .length,
          2,
        );
      }),
      RUNS,
    );
  });

  it("changes nothing for a local elector, for a stranger, and after the tally", () => {
    fc.assert(
      fc.property(
        anyBallotOf("a0"),
        anyBallotOf("a0"),
        anyTwo,
        (first, second, [one, other]) => {
          const { state } = run([
            opening("plan", [near, far], { maxRounds: 1 }),
            cast(first),
            { type: "VoidBallots", ballots: [first, second] },
            { type: "VoidBallots", ballots: [{ ...one, agentId: "nobody" }] },
            cast(one),
            close,
          ]);
          assert.deepEqual(ballotIn(state, "a0", 1), first);
          assert.deepEqual(ballotIn(state, "x0", 1), one);
          const late = run([cast(other)], state);
          assert.deepEqual(
            late.events.map((event) =>
              event.type === "BallotSetAside" ? event.data.why : event.type,
            ),
            ["equivocation"],
          );
          assert.deepEqual(verdictOf(late.state), verdictOf(state));
          assert.deepEqual(late.state.ballots, state.ballots);
          assert.deepEqual(late.events.reduce(evolve, state), late.state);
        },
      ),
      RUNS,
    );
  });
});
