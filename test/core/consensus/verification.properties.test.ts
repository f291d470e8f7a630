import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isGrave } from "../../../src/core/consensus/cluster.ts";
import {
  electors,
  phase,
  unverifiedClaims,
  verifiersOf,
} from "../../../src/core/consensus/decision.ts";
import { decide } from "../../../src/core/consensus/decide.ts";
import { tally } from "../../../src/core/consensus/tally.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { Ballot, Tally } from "../../../src/protocol/consensus.ts";
import {
  AUTHOR,
  RUNS,
  anyAnswers,
  anyBallotOf,
  anyFinding,
  anySitting,
  attempt,
  ballot,
  cast,
  close,
  elector,
  finding,
  finish,
  opening,
  run,
  seated,
  verdicts,
  verify,
  type Answers,
  type Course,
  type Sitting,
} from "./table.ts";

/** A change whose grave claims go to verifiers: enough seats, no check that settles it before. */
const anyReview: fc.Arbitrary<Sitting> = anySitting.chain((sitting) =>
  fc
    .tuple(anyBallotOf("r1"), anyBallotOf("r2"), anyFinding, anyFinding)
    .map(([one, two, first, second]) => ({
      ...sitting,
      subject: "change" as const,
      evidence: sitting.evidence.map((fact) => ({ ...fact, required: false })),
      rules: { ...sitting.rules, verifications: 12, requiredRoles: [] },
      electorate: [
        ...sitting.electorate,
        elector("r1", { lineage: "model-3" }),
        elector("r2", { lineage: "model-4" }),
        elector("judge", { lineage: "model-5" }),
      ],
      ballots: [
        ...sitting.ballots,
        { ...one, findings: [...one.findings, first] },
        { ...two, findings: [...two.findings, second] },
      ],
    })),
);

function opened(sitting: Sitting): Course {
  return run([...seated(sitting), close]);
}

function after(sitting: Sitting, answers: Answers): Tally {
  const { state } = opened(sitting);
  const [counted] = finish(state, answers).state.tallies.concat(state.tallies);
  assert.ok(counted);
  return counted;
}

describe("V1: a verdict that is not shown changes nothing", () => {
  it("and neither does a verifier that is unsure, dead or was never asked", () => {
    fc.assert(
      fc.property(anyReview, anyAnswers, (sitting, answers) => {
        const none = after(sitting, []);
        const hollow = answers.map((answer) => ({ ...answer, shown: false }));
        assert.deepEqual(after(sitting, hollow), none);
        const unsure = answers.map((answer) => ({
          ...answer,
          verdict: "unclear" as const,
        }));
        assert.deepEqual(after(sitting, unsure), none);
        const unasked = after(
          { ...sitting, rules: { ...sitting.rules, verifications: 0 } },
          [],
        );
        assert.equal(none.outcome, unasked.outcome);
        assert.equal(none.because, unasked.because);
      }),
      RUNS,
    );
  });
});

describe("V2: a refutation never creates a block, a confirmation never lifts one", () => {
  it("whatever else is said", () => {
    fc.assert(
      fc.property(
        anyReview,
        anyAnswers,
        fc.nat(3),
        (sitting, answers, index) => {
          const said = answers[index];
          fc.pre(said !== undefined);
          const with_ = (verdict: "confirmed" | "refuted"): string =>
            after(sitting, answers.with(index, { verdict, shown: true }))
              .outcome;
          const without = after(
            sitting,
            answers.with(index, { verdict: "unclear", shown: true }),
          ).outcome;
          if (without !== "blocked")
            assert.notEqual(with_("refuted"), "blocked");
          if (without === "blocked")
            assert.equal(with_("confirmed"), "blocked");
        },
      ),
      RUNS,
    );
  });

  it("and a refuted finding does not block alone, while one confirmed grave one does", () => {
    fc.assert(
      fc.property(
        anyReview,
        fc.constantFrom("confirmed", "refuted"),
        (sitting, verdict) => {
          const { state } = opened(sitting);
          fc.pre(phase(state) === "verifying");
          const all = unverifiedClaims(state).map(() => ({
            verdict,
            shown: true,
          }));
          const counted = after(sitting, all);
          if (verdict === "confirmed") {
            assert.equal(counted.outcome, "blocked");
            return;
          }
          const blocking = counted.clusters.filter(
            ({ standing, representative, verified }) =>
              isGrave(representative.severity) &&
              standing !== "SINGLE" &&
              verified !== "refuted",
          );
          if (blocking.length === 0 && sitting.rules.vetoRoles.length === 0)
            assert.notEqual(counted.outcome, "blocked");
        },
      ),
      RUNS,
    );
  });
});

describe("V3: what is worth a verifier", () => {
  it("is grave, of a change, shown by no failed check, and at most as much as the rules pay for", () => {
    fc.assert(
      fc.property(anySitting, fc.nat(4), (sitting, most) => {
        const { state } = opened({
          ...sitting,
          rules: { ...sitting.rules, verifications: most },
        });
        const claims = unverifiedClaims(state);
        assert.ok(claims.length <= most);
        if (sitting.subject !== "change") assert.deepEqual(claims, []);
        if (
          sitting.evidence.some(
            ({ required, status }) => required && status === "FAIL",
          )
        )
          assert.deepEqual(claims, []);
        const ids = claims.map(({ claimId }) => claimId);
        assert.equal(new Set(ids).size, ids.length);
        const { clusters } = tally({ round: 1, ...sitting });
        for (const claim of claims) {
          assert.ok(isGrave(claim.finding.severity));
          assert.ok(verifiersOf(state, claim).length > 0);
          const cluster = clusters.find(({ id }) => id === claim.claimId);
          assert.notEqual(cluster?.standing, "CONFIRMED");
          assert.deepEqual(claim.raisedBy, cluster?.raisedBy);
        }
      }),
      RUNS,
    );
  });

  it("begins with what would block, and leaves out nothing that would where it fits", () => {
    fc.assert(
      fc.property(
        anyReview,
        fc.integer({ min: 1, max: 3 }),
        (sitting, most) => {
          const claims = (verifications: number) =>
            unverifiedClaims(
              opened({ ...sitting, rules: { ...sitting.rules, verifications } })
                .state,
            );
          const { clusters } = tally({ round: 1, ...sitting });
          const decisive = (id: string): boolean =>
            clusters.some(
              (cluster) =>
                cluster.id === id &&
                cluster.standing === "CORROBORATED" &&
                isGrave(cluster.representative.severity),
            );
          const few = claims(most).map(({ claimId }) => decisive(claimId));
          const all = claims(99).map(({ claimId }) => decisive(claimId));
          assert.deepEqual(
            few,
            few.toSorted((a, b) => Number(b) - Number(a)),
          );
          assert.equal(
            few.filter(Boolean).length,
            Math.min(most, all.filter(Boolean).length),
          );
        },
      ),
      RUNS,
    );
  });

  it("is not kept from verifiers by a harmless echo or by a hub that fills the list", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom("low", "medium"),
        (most, seats, severity) => {
          const own = finding({ severity: "high", claim: "token is logged" });
          const peers = Array.from({ length: seats }, (_, index) =>
            elector(`x${String(index)}`, { hub: "hub-x" }),
          );
          const { state } = run([
            opening(
              "change",
              [
                elector("a", { lineage: "model-1" }),
                elector("b", { lineage: "model-2" }),
                elector("judge"),
                ...peers,
              ],
              { verifications: most },
            ),
            cast(ballot("a", { findings: [own] })),
            cast(ballot("b", { findings: [{ ...own, severity }] })),
            ...peers.map(({ agentId }, seat) =>
              cast(
                ballot(agentId, {
                  findings: Array.from({ length: 10 }, (_, index) =>
                    finding({
                      path: `src/f${String(seat)}-${String(index)}.ts`,
                      severity: "critical",
                    }),
                  ),
                }),
              ),
            ),
            close,
          ]);
          const [first, second] = unverifiedClaims(state).map(
            (claim) => claim.finding.claim,
          );
          assert.ok([first, second].includes(own.claim));
          const index = unverifiedClaims(state).findIndex(
            (claim) => claim.finding.claim === own.claim,
          );
          const answers: Answers = Array.from(
            { length: index + 1 },
            (_, at) => ({
              verdict:
                at === index ? ("confirmed" as const) : ("unclear" as const),
              shown: true,
            }),
          );
          const { outcome } = finish(state, answers).state;
          assert.equal(outcome?.kind, "blocked");
        },
      ),
      RUNS,
    );
  });
});

describe("V4: a claim is verified once, by a local member that neither raised it nor wrote the change", () => {
  it("refuses everyone else and every other claim, and takes the first word", () => {
    fc.assert(
      fc.property(
        anyReview,
        fc.constantFrom("raiser", "author", "stranger", "peer", "other claim"),
        fc.constantFrom("confirmed", "refuted"),
        (sitting, who, verdict) => {
          const table = {
            ...sitting,
            electorate: [
              ...sitting.electorate,
              elector("peer", { hub: "hub-z" }),
            ],
          };
          const { state } = opened(table);
          const claim = unverifiedClaims(state)[0];
          fc.pre(claim !== undefined);
          const agent = {
            raiser: claim.raisedBy[0] ?? "",
            author: AUTHOR,
            stranger: "nobody",
            peer: "peer",
            "other claim": verifiersOf(state, claim)[0]?.agentId ?? "",
          }[who];
          const id = who === "other claim" ? "c99" : claim.claimId;
          const wrong = verify(id, agent, { verdict });
          assert.throws(
            () => decide(wrong, state),
            (error) => isProblem(error, "bad-intent"),
          );
          const right = verifiersOf(state, claim)[0]?.agentId ?? "";
          const once = run([verify(claim.claimId, right, { verdict })], state);
          assert.equal(once.events.length, 1);
          assert.deepEqual(
            run(
              [
                verify(claim.claimId, right, { verdict }),
                verify(claim.claimId, right, { verdict: "unclear" }),
                verify(claim.claimId, "judge", { verdict: "unclear" }),
              ],
              once.state,
            ).events,
            [],
          );
        },
      ),
      RUNS,
    );
  });

  it("prefers a verifier of another lineage than those who raised it", () => {
    fc.assert(
      fc.property(anyReview, (sitting) => {
        const { state } = opened(sitting);
        for (const claim of unverifiedClaims(state)) {
          const raisers = electors(state).filter(({ agentId }) =>
            claim.raisedBy.includes(agentId),
          );
          const fresh = verifiersOf(state, claim).map(
            ({ lineage }) => !raisers.some((one) => one.lineage === lineage),
          );
          assert.deepEqual(
            fresh,
            fresh.toSorted((a, b) => Number(b) - Number(a)),
          );
        }
      }),
      RUNS,
    );
  });
});

describe("V5: what comes while and after verifying", () => {
  it("opens no ballots again: later ballots are late, later evidence and verifications change nothing", () => {
    fc.assert(
      fc.property(anyReview, anyAnswers, (sitting, answers) => {
        const { state } = opened(sitting);
        fc.pre(phase(state) === "verifying");
        const papers = verdicts(state, answers);
        const late = run([cast(ballot("judge"), 2)], state);
        assert.equal(late.events.at(-1)?.type, "BallotSetAside");
        const ended = finish(late.state, answers).state;
        assert.deepEqual(ended.tallies, finish(state, answers).state.tallies);
        assert.deepEqual(run(papers, ended).events, []);
        const more = attempt(
          {
            type: "RecordEvidence",
            evidence: {
              id: "late",
              tool: "tests",
              status: "FAIL",
              required: true,
              summary: "late",
              findings: [],
              durationMs: 1,
            },
          },
          state,
        );
        assert.deepEqual(more, []);
      }),
      RUNS,
    );
  });
});

describe("V6: a finding about a place that does not exist", () => {
  it("corroborates and confirms nothing, goes to no verifier, and stays in the record", () => {
    fc.assert(
      fc.property(anyReview, (sitting) => {
        const lost = (paper: Ballot): Ballot => ({
          ...paper,
          verdict: "approve",
          astray: paper.findings.map((_, index) => index),
        });
        const stray = { ...sitting, ballots: sitting.ballots.map(lost) };
        const bare = {
          ...sitting,
          ballots: sitting.ballots.map((paper) => ({
            ...lost(paper),
            findings: [],
          })),
        };
        assert.equal(after(stray, []).outcome, after(bare, []).outcome);
        assert.deepEqual(
          unverifiedClaims(opened(stray).state),
          unverifiedClaims(opened(bare).state),
        );
        const kept = after(stray, []).clusters.map(({ representative }) =>
          JSON.stringify(representative),
        );
        for (const paper of stray.ballots)
          for (const claim of paper.findings)
            assert.ok(kept.includes(JSON.stringify(claim)));
      }),
      RUNS,
    );
  });
});
