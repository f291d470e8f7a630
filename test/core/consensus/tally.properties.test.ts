import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { tally } from "../../../src/core/consensus/tally.ts";
import { discountedSum, votesOf } from "../../../src/core/consensus/score.ts";
import { emptyTrust, learnTrust } from "../../../src/core/trust/trust.ts";
import type { TrustSnapshot } from "../../../src/protocol/trust.ts";
import type { Ballot } from "../../../src/protocol/consensus.ts";
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

/** As good as approved: 2; undecided: 1; blocked: 0. */
function favour({ outcome }: ReturnType<typeof tally>): number {
  return outcome === "approved" ? 2 : outcome === "blocked" ? 0 : 1;
}

describe("the tally, whatever the ballots", () => {
  it("S12-monotone: an approval never turns an outcome for the worse", () => {
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

  it("S12-monotone: a stronger vote never lowers the sum, and the order of votes does not matter", () => {
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

  it("E1: a failed required check blocks whatever the votes, and one that could not run is never approved", () => {
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

  it("E2: a passed check is never a vote", () => {
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

  it("S9: an evidence-backed veto blocks; one whose reference shows no failure of this decision does not", () => {
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

  it("T1: a change is blocked only on evidence or on two independent voices, never by how many vote against it", () => {
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

  it("T2: a required check aside, a change with a quorum and an approval is approved unless it is blocked", () => {
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

  it("T3: trust in who raised a finding tells how likely it is, and changes no outcome", () => {
    const trust = fc
      .array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 12 })
      .map((lessons) =>
        lessons.reduce(
          (known, [flagged, real], index) =>
            learnTrust(known, {
              decisionId: `past-${String(index)}`,
              agentId: "a0",
              lineage: "model-1",
              role: "security",
              class: "correctness",
              flagged,
              real,
              source: "human",
              weight: 1000,
              what: "",
              at: "",
            }),
          emptyTrust,
        ),
      );
    fc.assert(
      fc.property(anySitting, trust, (sitting, known) => {
        const snapshot = structuredClone(known) as TrustSnapshot;
        const { clusters, ...plain } = count(sitting);
        const { clusters: told, ...informed } = tally({
          round: 1,
          ...sitting,
          trust: snapshot,
        });
        assert.deepEqual(informed, plain);
        assert.deepEqual(
          told.map(
            ({ posterior: _posterior, reported: _reported, ...rest }) => rest,
          ),
          clusters,
        );
        for (const { posterior, reported } of told)
          assert.deepEqual(
            [Number.isSafeInteger(posterior), typeof reported === "boolean"],
            [sitting.subject === "change", sitting.subject === "change"],
          );
      }),
      RUNS,
    );
  });

  it("S8: depends on what ballots say: renaming everyone, and how sure they claim to be, changes nothing, and turning every verdict turns the score", () => {
    fc.assert(
      fc.property(anySitting, fc.nat(100), (sitting, confidence) => {
        const renamed = {
          ...sitting,
          electorate: sitting.electorate.map((member) => ({
            ...member,
            agentId: `z-${member.agentId}`,
          })),
          ballots: sitting.ballots.map((paper) => ({
            ...paper,
            agentId: `z-${paper.agentId}`,
            confidence,
          })),
        };
        const [one, other] = [count(sitting), count(renamed)];
        assert.deepEqual(
          [other.outcome, other.score, other.approvals, other.blocks],
          [one.outcome, one.score, one.approvals, one.blocks],
        );
        const votes = (papers: readonly Ballot[]): number =>
          discountedSum(votesOf(sitting.electorate, papers));
        const turned = sitting.ballots.map((paper): Ballot => ({
          ...paper,
          verdict:
            paper.verdict === "approve"
              ? "block"
              : paper.verdict === "block"
                ? "approve"
                : "abstain",
        }));
        assert.equal(votes(turned) + votes(sitting.ballots), 0);
      }),
      RUNS,
    );
  });
});
