import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { phase } from "../../../src/core/consensus/decision.ts";
import { parseAnswer } from "../../../src/protocol/answerSchema.ts";
import { Ballot } from "../../../src/protocol/consensus.ts";
import {
  FOUR,
  END,
  ballot,
  cast,
  close,
  elector,
  finding,
  finish,
  opening,
  run,
  verification,
  verify,
} from "./table.ts";

const paper = {
  verdict: "approve",
  confidence: 80,
  reason: "fine",
  findings: [],
};

describe("a malformed ballot", () => {
  it("is refused with a sentence that says where it is wrong", () => {
    for (const [wrong, where] of [
      [{ ...paper, verdict: "yes" }, /verdict/u],
      [{ ...paper, confidence: 101 }, /confidence/u],
      [{ ...paper, confidence: 0.5 }, /confidence/u],
      [{ ...paper, reason: "" }, /reason/u],
      [{ ...paper, findings: {} }, /findings/u],
      [{ ...paper, findings: [finding({ line: -1 })] }, /findings\.0\.line/u],
      [{ ...paper, findings: [finding({ claim: "" })] }, /findings\.0\.claim/u],
      [
        { ...paper, findings: [finding({ claim: "x".repeat(1001) })] },
        /findings\.0\.claim/u,
      ],
      [
        { ...paper, findings: Array.from({ length: 31 }, () => finding()) },
        /findings/u,
      ],
      [null, /the whole form/u],
      ["approve", /the whole form/u],
    ] as const) {
      const parsed = parseAnswer("ballot", wrong);
      assert.ok(!parsed.ok, JSON.stringify(wrong).slice(0, 80));
      assert.match(parsed.issues.join("\n"), where);
    }
  });

  it("cannot say of itself which of its findings are astray", () => {
    const parsed = parseAnswer("ballot", {
      ...paper,
      findings: [finding()],
      astray: [],
    });
    assert.ok(parsed.ok);
    assert.ok(!("astray" in parsed.answer.paper));
    assert.ok(!Ballot.safeParse(ballot("qa", { astray: [-1] })).success);
  });
});

describe("an agent that dies", () => {
  const grave: Partial<Ballot> = { verdict: "block", findings: [finding()] };
  const review = [
    opening("change", FOUR, { verifications: 2 }),
    cast(ballot("architect", { ...grave, lineage: "model-0" })),
    cast(ballot("developer")),
    cast(ballot("qa")),
  ];

  it("before it votes is absent: the decision goes on without it", () => {
    const { state } = run([...review, ...END]);
    assert.equal(phase(state), "approved");
    assert.equal(state.tallies[0]?.absent, 1);
  });

  it("while it verifies changes nothing: the claim stays a single one, unclear", () => {
    const open = run([...review, close]).state;
    assert.equal(phase(open), "verifying");
    const { state } = run([close], open);
    assert.equal(phase(state), "approved");
    assert.deepEqual(
      state.tallies[0]?.clusters.map(({ standing, verified }) => [
        standing,
        verified,
      ]),
      [["SINGLE", "unclear"]],
    );
  });

  it("after it was heard has said what it said", () => {
    const open = run([...review, close]).state;
    const { state } = finish(run([verify("c1", "developer")], open).state);
    assert.equal(phase(state), "blocked");
    assert.match(state.outcome?.because ?? "", /confirmed by a verifier/u);
  });
});

describe("a verifier", () => {
  it("that refutes what two raised lifts the block, and the record keeps both sides", () => {
    const grave: Partial<Ballot> = { verdict: "block", findings: [finding()] };
    const open = run([
      opening("change", [...FOUR, elector("judge")], { verifications: 1 }),
      cast(ballot("architect", { ...grave, lineage: "model-0" })),
      cast(ballot("developer", { ...grave, lineage: "model-1" })),
      cast(ballot("qa")),
      close,
    ]).state;
    const said = verification("c1", "judge", { verdict: "refuted" });
    const { state, events } = finish(
      run([{ type: "RecordVerification", verification: said }], open).state,
    );
    assert.equal(phase(state), "approved");
    assert.deepEqual(state.verifications, [said]);
    const [cluster] = state.tallies[0]?.clusters ?? [];
    assert.equal(cluster?.standing, "CORROBORATED");
    assert.equal(cluster.verified, "refuted");
    const made = events.at(-1);
    assert.ok(made?.type === "DecisionMade");
    assert.deepEqual(
      made.data.dissent.map(({ agentId, findings }) => [
        agentId,
        findings.length,
      ]),
      [
        ["architect", 1],
        ["developer", 1],
      ],
    );
  });
});
