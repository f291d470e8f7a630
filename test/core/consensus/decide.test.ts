import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contestedFor } from "../../../src/core/consensus/contested.ts";
import {
  evolve,
  fold,
  initial,
  missingBallots,
  phase,
} from "../../../src/core/consensus/decision.ts";
import {
  decide,
  type DecisionCommand,
} from "../../../src/core/consensus/decide.ts";
import { isProblem, type ErrorCode } from "../../../src/core/errors.ts";
import type {
  Ballot,
  Elector,
  HumanVerdict,
  Verdict,
} from "../../../src/protocol/consensus.ts";
import {
  AUTHOR,
  FOUR,
  HASH,
  ROUND_MS,
  ballot,
  cast,
  elector,
  evidence,
  finding,
  opening,
  run,
} from "./table.ts";

const close: DecisionCommand = { type: "CloseRound", now: 10 };

function votes(
  table: readonly Elector[],
  ...verdicts: readonly Verdict[]
): DecisionCommand[] {
  return verdicts.map((verdict, index) =>
    cast(ballot(table[index]?.agentId ?? "", { verdict })),
  );
}

function ruling(
  verdict: HumanVerdict,
  more: { readonly reason?: string; readonly artifactHash?: string } = {},
): DecisionCommand {
  return {
    type: "RuleAsHuman",
    artifactHash: HASH,
    verdict,
    reason: "",
    by: "human",
    ...more,
  };
}

function refused(
  commands: readonly DecisionCommand[],
  last: DecisionCommand,
  code: ErrorCode,
): void {
  const { state } = run(commands);
  assert.throws(
    () => decide(last, state),
    (error) => isProblem(error, code),
  );
}

describe("opening a decision", () => {
  it("takes a snapshot without the authors, bound to the artifact, with a deadline", () => {
    const { state } = run([
      opening("plan", [elector(AUTHOR), elector("qa")], { roundMs: 5000 }),
    ]);
    assert.ok(state.round);
    assert.deepEqual(
      state.round.electorate.map(({ agentId }) => agentId),
      ["qa"],
    );
    assert.equal(state.round.artifactHash, HASH);
    assert.equal(state.round.deadline, 5000);
    assert.equal(phase(state), "collecting");
    assert.deepEqual(
      missingBallots(state).map(({ agentId }) => agentId),
      ["qa"],
    );
  });

  it("is done once; another artifact needs another decision", () => {
    const { state } = run([opening("plan", FOUR)]);
    assert.deepEqual(decide(opening("plan", []), state), []);
    refused(
      [opening("plan", FOUR)],
      { ...opening("plan", FOUR), artifactHash: "artifact-2" },
      "stale-artifact",
    );
  });

  it("refuses an agent that sits there twice, and any command before it", () => {
    refused([], opening("plan", [elector("qa"), elector("qa")]), "bad-intent");
    refused([], close, "no-decision");
    refused([], ruling("approve"), "no-decision");
    assert.equal(phase(initial), "unopened");
    assert.deepEqual(missingBallots(initial), []);
  });
});

describe("evidence", () => {
  it("blocks before any ballot when a required check failed", () => {
    const { events } = run([
      opening("change", FOUR),
      {
        type: "RecordEvidence",
        evidence: evidence("tests", { required: true }),
      },
      { type: "EvidenceDone" },
    ]);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["RoundOpened", "EvidenceRecorded", "RoundTallied", "DecisionMade"],
    );
    const made = events.at(-1);
    assert.ok(made?.type === "DecisionMade");
    assert.equal(made.data.outcome, "blocked");
    assert.match(made.data.because, /required check failed: 2 of 9/u);
  });

  it("says nothing by itself when nothing required failed", () => {
    const { state } = run([
      opening("change", FOUR),
      { type: "RecordEvidence", evidence: evidence("lint") },
    ]);
    assert.deepEqual(decide({ type: "EvidenceDone" }, state), []);
  });

  it("is recorded once per id: a check repeated after a crash changes nothing", () => {
    const first = evidence("tests", { status: "PASS" });
    const { state } = run([
      opening("change", FOUR),
      { type: "RecordEvidence", evidence: first },
      { type: "RecordEvidence", evidence: evidence("tests") },
    ]);
    assert.deepEqual(state.evidence, [first]);
    assert.deepEqual(
      decide({ type: "RecordEvidence", evidence: evidence("tests") }, state),
      [],
    );
  });

  it("that could not be had goes to the human, without a rebuttal", () => {
    const { state } = run([
      opening("plan", FOUR),
      {
        type: "RecordEvidence",
        evidence: evidence("tests", { required: true, status: "NOT_RUN" }),
      },
      ...votes(FOUR, "approve", "approve", "approve", "block"),
      close,
    ]);
    assert.equal(phase(state), "escalated");
    assert.match(state.outcome?.because ?? "", /could not run/u);
  });
});

describe("a plan or question", () => {
  const outcome = (
    rules: Parameters<typeof opening>[2],
    ...verdicts: readonly Verdict[]
  ): string =>
    phase(
      run([
        opening("plan", FOUR, { maxRounds: 1, ...rules }),
        ...votes(FOUR, ...verdicts),
        close,
      ]).state,
    );

  it("is approved by enough weight and blocked by enough weight", () => {
    assert.equal(outcome({}, "approve", "approve", "abstain"), "approved");
    assert.equal(outcome({}, "block", "block", "abstain"), "blocked");
    assert.equal(outcome({}, "block", "block", "block", "block"), "blocked");
    assert.equal(outcome({}, "approve", "approve", "block"), "escalated");
    assert.equal(outcome({}, "approve", "abstain", "abstain"), "escalated");
  });

  it("has no outcome without a quorum of the electorate, and none from silence", () => {
    assert.equal(outcome({}, "approve", "approve"), "escalated");
    assert.equal(outcome({ quorum: 500 }, "approve", "approve"), "approved");
    assert.equal(
      outcome({ prior: 999 }, "abstain", "abstain", "abstain", "abstain"),
      "escalated",
    );
    assert.equal(
      outcome({ threshold: 500 }, "approve", "block", "abstain"),
      "escalated",
    );
  });

  it("needs its required roles to have voted, however they voted", () => {
    const rules = { requiredRoles: ["security"], quorum: 1 };
    assert.equal(outcome(rules, "approve", "approve", "approve"), "escalated");
    assert.equal(
      outcome(rules, "approve", "approve", "approve", "abstain"),
      "approved",
    );
  });

  it("loses to failed checks what it wins by votes", () => {
    const { state } = run([
      opening("plan", FOUR, { maxRounds: 1 }),
      { type: "RecordEvidence", evidence: evidence("lint") },
      ...votes(FOUR, "approve", "approve", "abstain"),
      close,
    ]);
    assert.equal(phase(state), "escalated");
    assert.equal(state.tallies[0]?.score, 847 + 605 - 847);
  });
});

describe("a change", () => {
  const review = (...papers: readonly Ballot[]): string =>
    phase(
      run([
        opening("change", FOUR),
        ...papers.map((paper) => cast(paper)),
        close,
      ]).state,
    );
  const says = (agentId: string, more: Partial<Ballot> = {}): Ballot =>
    ballot(agentId, {
      lineage: FOUR.find((e) => e.agentId === agentId)?.lineage ?? "",
      ...more,
    });

  it("is blocked by a grave finding of two independent voices, though most approve", () => {
    const found = { verdict: "block", findings: [finding()] } as const;
    assert.equal(
      review(
        says("architect", { ...found, findings: [finding()] }),
        says("developer", {
          ...found,
          findings: [finding({ line: 12, claim: "the discount is ignored" })],
        }),
        says("qa"),
        says("security"),
      ),
      "blocked",
    );
  });

  it("is not blocked by one voice, nor by votes without findings; both are kept as dissent", () => {
    const { state, events } = run([
      opening("change", FOUR),
      cast(
        says("architect", {
          verdict: "block",
          findings: [finding({ severity: "critical" })],
        }),
      ),
      cast(says("developer", { verdict: "block" })),
      cast(says("qa", { verdict: "block" })),
      cast(says("security")),
      close,
    ]);
    assert.equal(phase(state), "approved");
    const made = events.at(-1);
    assert.ok(made?.type === "DecisionMade");
    assert.deepEqual(made.data.dissent, [
      {
        agentId: "architect",
        reason: "architect says so",
        findings: [finding({ severity: "critical" })],
      },
      { agentId: "developer", reason: "developer says so", findings: [] },
      { agentId: "qa", reason: "qa says so", findings: [] },
    ]);
  });

  it("that nobody approves goes to the human, without a rebuttal that would only echo", () => {
    const { state, events } = run([
      opening("change", FOUR),
      ...votes(FOUR, "block", "block", "block", "block"),
      close,
    ]);
    assert.equal(phase(state), "escalated");
    assert.equal(state.tallies.length, 1);
    assert.equal(events.at(-1)?.type, "DecisionEscalated");
  });
});

describe("the rebuttal", () => {
  const split = [
    opening("plan", FOUR),
    {
      type: "RecordEvidence",
      evidence: evidence("e1", { status: "PASS" }),
    } as const,
    cast(ballot("architect")),
    cast(ballot("developer")),
    cast(
      ballot("qa", {
        verdict: "block",
        findings: [finding({ evidenceRef: "e0" })],
      }),
    ),
    cast(ballot("security", { verdict: "block", reason: "no threat model" })),
    close,
  ];

  it("follows a split at once, with the same snapshot and a new deadline", () => {
    const { state, events } = run(split);
    assert.deepEqual(
      events.slice(-2).map(({ type }) => type),
      ["RoundTallied", "RoundOpened"],
    );
    assert.equal(state.round?.round, 2);
    assert.equal(state.round.deadline, 10 + ROUND_MS);
    assert.equal(missingBallots(state).length, 4);
  });

  it("shows the contested claims only, in an order of each reader's own", () => {
    const { state } = run(split);
    const claims = FOUR.map(({ agentId }) =>
      contestedFor(state, agentId).map(({ claim }) => claim),
    );
    for (const shown of claims)
      assert.deepEqual(shown.toSorted(), [
        "no threat model",
        "total ignores the discount",
      ]);
    assert.equal(new Set(claims.map(String)).size, 2);
  });

  it("counts a vote changed without new evidence as the old vote, and says so", () => {
    const changed = ballot("qa", {
      round: 2,
      findings: [finding({ evidenceRef: "nowhere" })],
    });
    const { state, events } = run([...split, cast(changed), cast(changed)]);
    const last = events.slice(-2);
    assert.deepEqual(last[0], {
      type: "BallotSetAside",
      data: { decisionId: "d1", ballot: changed, why: "unchanged" },
    });
    assert.ok(last[1]?.type === "BallotCast");
    assert.equal(last[1].data.ballot.verdict, "block");
    assert.equal(last[1].data.ballot.round, 2);
    assert.deepEqual(
      missingBallots(state).map(({ agentId }) => agentId),
      ["architect", "developer", "security"],
    );
  });

  it("takes a vote changed on evidence not cited before; what was withdrawn stays in the record", () => {
    const turned = [
      cast(
        ballot("qa", { round: 2, findings: [finding({ evidenceRef: "e1" })] }),
        11,
      ),
      cast(
        ballot("security", {
          round: 2,
          findings: [finding({ evidenceRef: "e1" })],
        }),
        11,
      ),
    ];
    const { state, events } = run([...split, ...turned, close]);
    assert.equal(phase(state), "approved");
    const made = events.at(-1);
    assert.ok(made?.type === "DecisionMade");
    assert.deepEqual(
      made.data.dissent.map(({ agentId, reason }) => [agentId, reason]),
      [
        ["qa", "qa says so"],
        ["security", "no threat model"],
      ],
    );
  });

  it("leaves the ballots of the silent standing, and ends with the human when it is still split", () => {
    const { state, events } = run([...split, close]);
    assert.equal(phase(state), "escalated");
    assert.deepEqual(
      state.tallies.map(({ outcome, approvals, blocks, absent }) => [
        outcome,
        approvals,
        blocks,
        absent,
      ]),
      [
        ["split", 2, 2, 0],
        ["split", 2, 2, 0],
      ],
    );
    const end = events.at(-1);
    assert.ok(end?.type === "DecisionEscalated");
    assert.equal(end.data.dissent.length, 4);
  });

  it("wants evidence the elector did not cite before", () => {
    const cited = { findings: [finding({ evidenceRef: "e1" })] };
    const { events } = run([
      opening("plan", FOUR),
      {
        type: "RecordEvidence",
        evidence: evidence("e1", { status: "PASS" }),
      },
      cast(ballot("qa", { ...cited, verdict: "block" })),
      cast(ballot("architect")),
      cast(ballot("developer", { verdict: "abstain" })),
      close,
      cast(ballot("qa", { ...cited, round: 2 }), 11),
    ]);
    const aside = events.at(-2);
    assert.ok(aside?.type === "BallotSetAside");
    assert.equal(aside.data.why, "unchanged");
  });

  it("sets aside a first ballot that comes after its round", () => {
    const { state } = run([
      opening("plan", FOUR),
      ...votes(FOUR, "approve", "block", "abstain"),
      close,
    ]);
    const paper = ballot("security");
    assert.deepEqual(decide(cast(paper, 11), state), [
      {
        type: "BallotSetAside",
        data: { decisionId: "d1", ballot: paper, why: "late" },
      },
    ]);
    const forged = { decisionId: "d1", ballot: paper };
    assert.equal(evolve(state, { type: "BallotCast", data: forged }), state);
  });

  it("keeps the snapshot: a second round under other rules is no round of this decision", () => {
    const { events } = run(split);
    const reopened = events.at(-1);
    assert.ok(reopened?.type === "RoundOpened");
    const tallied = fold(events.slice(0, -1), "d1");
    assert.equal(phase(tallied), "tallied");
    assert.deepEqual(contestedFor(tallied, "qa"), []);
    for (const change of [
      { electorate: [] },
      { rules: { ...reopened.data.rules, threshold: 500 } },
      { artifactHash: "artifact-2" },
      { round: 3 },
    ])
      assert.equal(
        evolve(tallied, {
          type: "RoundOpened",
          data: { ...reopened.data, ...change },
        }),
        tallied,
      );
    assert.notEqual(evolve(tallied, reopened), tallied);
  });

  it("shows the same order of claims whoever blocked first", () => {
    const blocks = ["qa", "security", "developer"].map((id) =>
      cast(ballot(id, { verdict: "block", reason: `${id} objects` })),
    );
    const shown = [blocks, blocks.toReversed()].map((order) =>
      contestedFor(
        run([opening("plan", FOUR, { threshold: 999 }), ...order, close]).state,
        "architect",
      ),
    );
    assert.equal(shown[0]?.length, 3);
    assert.deepEqual(shown[1], shown[0]);
  });

  it("does not happen when there is one round only, no quorum, or nothing to answer", () => {
    for (const commands of [
      [
        opening("plan", FOUR, { maxRounds: 1 }),
        ...votes(FOUR, "approve", "approve", "block", "block"),
      ],
      [opening("plan", FOUR), ...votes(FOUR, "approve", "block")],
      [opening("plan", FOUR), ...votes(FOUR, "approve", "abstain", "abstain")],
    ])
      assert.equal(phase(run([...commands, close]).state), "escalated");
  });

  it("sets aside ballots of a round that is over or not open yet", () => {
    const early = ballot("qa", { round: 2 });
    const { events } = run([opening("plan", FOUR), cast(early)]);
    assert.ok(events.at(-1)?.type === "BallotSetAside");
    const late = run(
      [cast(ballot("architect", { round: 1, confidence: 1 }))],
      run(split).state,
    );
    const [aside] = late.events;
    assert.ok(aside?.type === "BallotSetAside");
    assert.equal(aside.data.why, "equivocation");
    assert.deepEqual(
      run(
        [cast(early, 11)],
        run([...split.slice(0, 1), cast(early), ...split.slice(1)]).state,
      ).state.ballots.at(-1)?.round,
      2,
    );
  });
});

describe("the end", () => {
  it("comes early when the money is gone, once", () => {
    const escalate = {
      type: "Escalate",
      because: "The budget is spent.",
    } as const;
    const { state, events } = run([
      opening("plan", FOUR),
      ...votes(FOUR, "block"),
      escalate,
      escalate,
      close,
    ]);
    assert.equal(phase(state), "escalated");
    assert.equal(
      events.filter((e) => e.type === "DecisionEscalated").length,
      1,
    );
    assert.deepEqual(missingBallots(state), []);
  });

  it("is resumed after a crash between tally and decision", () => {
    const { events } = run([
      opening("plan", FOUR),
      ...votes(FOUR, "approve", "approve", "approve"),
      close,
    ]);
    const state = fold(events.slice(0, -1), "d1");
    assert.equal(phase(state), "tallied");
    assert.deepEqual(decide(close, state), events.slice(-1));
  });
});

describe("the human", () => {
  const blocked = [
    opening("plan", FOUR),
    ...votes(FOUR, "block", "block", "block"),
    close,
  ];
  const approved = [
    opening("plan", FOUR),
    ...votes(FOUR, "approve", "approve", "approve"),
    close,
  ];

  it("rules on exactly the artifact that was decided", () => {
    refused(
      approved,
      ruling("approve", { artifactHash: "artifact-2" }),
      "stale-artifact",
    );
    const { state } = run([...approved, ruling("approve")]);
    assert.equal(state.ruling?.verdict, "approve");
    assert.equal(phase(state), "approved");
  });

  it("rules after the team, once", () => {
    refused([opening("plan", FOUR)], ruling("approve"), "no-decision");
    refused([...approved, ruling("approve")], ruling("reject"), "bad-intent");
    const { state } = run([...approved, ruling("approve")]);
    assert.deepEqual(decide(ruling("approve"), state), []);
  });

  it("overrules with a reason, and cannot approve what was blocked by the way", () => {
    refused(blocked, ruling("overrule", { reason: " \n" }), "bad-intent");
    refused(blocked, ruling("approve"), "bad-intent");
    const { state } = run([
      ...blocked,
      ruling("overrule", { reason: "known and accepted" }),
    ]);
    assert.equal(state.ruling?.reason, "known and accepted");
    assert.equal(phase(state), "blocked");
  });
});
