import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { tally, type TallyInput } from "../../../src/core/consensus/tally.ts";
import { discountedSum, votesOf } from "../../../src/core/consensus/score.ts";
import type { Ballot, Elector } from "../../../src/protocol/consensus.ts";
import {
  RUNS,
  anyBallotOf,
  anyFinding,
  anySitting,
  anyWeight,
  ballot,
  elector,
  evidence,
  type Sitting,
} from "./table.ts";

function count(sitting: Sitting): ReturnType<typeof tally> {
  return tally({ round: 1, ...sitting });
}

function voices(electors: readonly Elector[]): number {
  const locals = electors.filter(({ hub }) => hub === "local");
  const hubs = new Set(electors.map(({ hub }) => hub));
  hubs.delete("local");
  return locals.length + hubs.size;
}

/** As good as approved: 2; undecided: 1; blocked: 0. */
function favour({ outcome }: ReturnType<typeof tally>): number {
  return outcome === "approved" ? 2 : outcome === "blocked" ? 0 : 1;
}

describe("the tally, whatever the ballots", () => {
  it("an approval never turns an outcome for the worse", () => {
    fc.assert(
      fc.property(anySitting, fc.nat(6), (sitting, index) => {
        const voter = sitting.electorate[index];
        fc.pre(voter !== undefined);
        const before = sitting.ballots.find(
          ({ agentId }) => agentId === voter.agentId,
        );
        const others = sitting.ballots.filter((paper) => paper !== before);
        const approval: Ballot =
          before === undefined
            ? ballot(voter.agentId)
            : { ...before, verdict: "approve" };
        const after = { ...sitting, ballots: [...others, approval] };
        // Who makes the quorum lets everyone else's ballots speak; that is presence, not approval.
        if (count(sitting).outcome !== "noQuorum")
          assert.ok(favour(count(after)) >= favour(count(sitting)));
        assert.ok(count(after).score >= count(sitting).score);
      }),
      RUNS,
    );
  });

  it("a stronger vote never lowers the sum, and the order of votes does not matter", () => {
    const vote = fc
      .tuple(anyWeight, fc.boolean())
      .map(([size, up]) => (up ? size : -size));
    fc.assert(
      fc.property(
        fc.array(vote, { maxLength: 12 }),
        vote,
        vote,
        (rest, one, other) => {
          const [low, high] = one < other ? [one, other] : [other, one];
          assert.ok(
            discountedSum([...rest, high]) >= discountedSum([low, ...rest]),
          );
          assert.equal(
            discountedSum([...rest, one, other]),
            discountedSum([other, ...rest.toReversed(), one]),
          );
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("nothing is approved without the quorum of the whole electorate, a local voice, each required role and an approving ballot", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const { outcome } = count(sitting);
        if (outcome !== "approved") return;
        const { electorate, rules, ballots } = sitting;
        const present = electorate.filter(({ agentId }) =>
          ballots.some((paper) => paper.agentId === agentId),
        );
        const locals = present.filter(({ hub }) => hub === "local");
        assert.ok(voices(present) * 1000 >= voices(electorate) * rules.quorum);
        assert.ok(locals.length > 0);
        for (const role of rules.requiredRoles)
          assert.ok(locals.some((member) => member.role === role));
        assert.ok(ballots.some(({ verdict }) => verdict === "approve"));
      }),
      RUNS,
    );
  });

  it("the denominator is the electorate: absent members alone take an approval away", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const { outcome } = count(sitting);
        const absent = Array.from({ length: 80 }, (_, index) =>
          elector(`absent-${String(index)}`),
        );
        const { quorum } = sitting.rules;
        fc.pre(outcome === "approved" && quorum >= 100);
        assert.equal(
          count({
            ...sitting,
            electorate: [...sitting.electorate, ...absent],
          }).outcome,
          "noQuorum",
        );
      }),
      RUNS,
    );
  });

  it("a failed required check blocks whatever the votes, and one that could not run is never approved", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.constantFrom("FAIL", "ERROR", "NOT_RUN"),
        (sitting, status) => {
          const gate = evidence("gate", { status, required: true });
          const { outcome } = count({
            ...sitting,
            evidence: [...sitting.evidence, gate],
          });
          if (status === "FAIL") assert.equal(outcome, "blocked");
          else assert.notEqual(outcome, "approved");
        },
      ),
      RUNS,
    );
  });

  it("a passed check is never a vote", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.boolean(),
        fc.array(anyFinding, { maxLength: 3 }),
        (sitting, required, findings) => {
          const pass = evidence("pass", { status: "PASS", required, findings });
          assert.deepEqual(
            count({ ...sitting, evidence: [pass, ...sitting.evidence] }),
            count(sitting),
          );
        },
      ),
      RUNS,
    );
  });

  it("an evidence-backed veto blocks; one whose reference shows no failure of this decision does not", () => {
    fc.assert(
      fc.property(
        anySitting,
        anyBallotOf("guard"),
        anyFinding,
        fc.constantFrom("FAIL", "PASS", "ERROR", "missing"),
        (sitting, paper, claim, shown) => {
          const status = shown === "missing" ? "PASS" : shown;
          const block = {
            ...paper,
            verdict: "block" as const,
            findings: [
              {
                ...claim,
                severity: "low" as const,
                evidenceRef: shown === "missing" ? "elsewhere" : "shown",
              },
            ],
          };
          const result = (vetoRoles: readonly string[]): string =>
            count({
              ...sitting,
              rules: { ...sitting.rules, vetoRoles: [...vetoRoles] },
              electorate: [
                ...sitting.electorate,
                elector("guard", { role: "guard" }),
              ],
              evidence: [
                ...sitting.evidence,
                evidence("shown", { status, required: false }),
              ],
              ballots: [...sitting.ballots, block],
            }).outcome;
          if (status === "FAIL") assert.equal(result(["guard"]), "blocked");
          else assert.equal(result(["guard"]), result([]));
        },
      ),
      RUNS,
    );
  });

  it("a change is blocked only on evidence or on two independent voices, never by how many vote against it", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const change: Sitting = { ...sitting, subject: "change", evidence: [] };
        const { outcome, clusters } = count(change);
        const grave = clusters.filter(
          ({ support, representative: { severity } }) =>
            support >= 2 && (severity === "high" || severity === "critical"),
        );
        assert.equal(outcome === "blocked", grave.length > 0);
        for (const { standing, support } of clusters)
          assert.equal(standing, support >= 2 ? "CORROBORATED" : "SINGLE");
        const allAgainst = change.ballots.map((paper): Ballot => ({
          ...paper,
          verdict: "block",
          findings: [],
        }));
        assert.notEqual(
          count({ ...change, ballots: allAgainst }).outcome,
          "blocked",
        );
      }),
      RUNS,
    );
  });

  it("a required check aside, a change with a quorum and an approval is approved unless it is blocked", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const rules = { ...sitting.rules, quorum: 1, requiredRoles: [] };
        const electorate = [...sitting.electorate, elector("friend")];
        const ballots = [...sitting.ballots, ballot("friend")];
        const { outcome } = count({
          ...sitting,
          subject: "change",
          evidence: sitting.evidence.map((fact) => ({
            ...fact,
            required: false,
          })),
          electorate,
          ballots,
          rules,
        });
        assert.ok(outcome === "approved" || outcome === "blocked");
      }),
      RUNS,
    );
  });

  it("a ballot of someone outside the electorate is not even counted", () => {
    fc.assert(
      fc.property(anySitting, anyBallotOf("stranger"), (sitting, paper) => {
        assert.deepEqual(
          count({ ...sitting, ballots: [paper, ...sitting.ballots] }),
          count(sitting),
        );
      }),
      RUNS,
    );
  });
});

describe("a peer hub, however many electors it sends", () => {
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
});
