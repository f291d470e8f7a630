import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { groupFindings } from "../../../src/core/consensus/cluster.ts";
import { contestedFor } from "../../../src/core/consensus/contested.ts";
import type { DecisionEvent } from "../../../src/core/consensus/decision.ts";
import type { DecisionCommand } from "../../../src/core/consensus/decide.ts";
import type { Dissent } from "../../../src/protocol/consensus.ts";
import {
  ROUND_MS,
  RUNS,
  anyBallotOf,
  anyCourse,
  anySitting,
  cast,
  run,
  seated,
} from "./table.ts";

const close: DecisionCommand = { type: "CloseRound", now: ROUND_MS };

function dissentIn(events: readonly DecisionEvent[]): readonly Dissent[] {
  const end = events.find(
    ({ type }) => type === "DecisionMade" || type === "DecisionEscalated",
  );
  assert.ok(end?.type === "DecisionMade" || end?.type === "DecisionEscalated");
  return end.data.dissent;
}

describe("dissent", () => {
  it("is conserved: every ballot of the other side, every abstention and every finding that stood alone is in the record", () => {
    fc.assert(
      fc.property(anyCourse, ({ commands }) => {
        const { state, events } = run([...commands, close, close]);
        const dissent = dissentIn(events);
        const holds = (agentId: string, findings: readonly unknown[]): void => {
          const entry = dissent.find((one) => one.agentId === agentId);
          assert.ok(entry, `${agentId} is not heard`);
          const kept = entry.findings.map((one) => JSON.stringify(one));
          for (const one of findings)
            assert.ok(kept.includes(JSON.stringify(one)));
        };
        const winner =
          state.outcome?.kind === "approved"
            ? "approve"
            : state.outcome?.kind === "blocked"
              ? "block"
              : undefined;
        for (const paper of state.ballots) {
          if (paper.verdict !== winner) {
            holds(paper.agentId, paper.findings);
            const said = dissent.find((d) => d.agentId === paper.agentId);
            assert.ok(
              state.ballots.some(
                ({ agentId, reason }) =>
                  agentId === said?.agentId && reason === said.reason,
              ),
            );
          }
          const round = state.ballots.filter((b) => b.round === paper.round);
          for (const group of groupFindings(
            state.round?.electorate ?? [],
            state.evidence,
            round,
          ))
            if (group.cluster.standing === "SINGLE")
              for (const { raiser, finding } of group.members)
                holds(raiser, [finding]);
        }
        for (const { agentId, findings } of dissent)
          for (const one of findings)
            assert.ok(
              state.ballots.some(
                (paper) =>
                  paper.agentId === agentId &&
                  paper.findings.some(
                    (own) => JSON.stringify(own) === JSON.stringify(one),
                  ),
              ),
            );
      }),
      RUNS,
    );
  });
});

describe("what a reader is shown", () => {
  it("in the first round does not depend on anyone's ballot", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const { state } = run(seated(sitting));
        for (const { agentId } of sitting.electorate)
          assert.deepEqual(contestedFor(state, agentId), []);
      }),
      RUNS,
    );
  });

  it("in the rebuttal is the same claims for all, without authors or counts, whoever answers first", () => {
    const anyRebuttal = anySitting.chain((sitting) =>
      fc.record({
        sitting: fc.constant(sitting),
        second: fc.tuple(
          ...sitting.electorate.map(({ agentId }) => anyBallotOf(agentId, 2)),
        ),
      }),
    );
    fc.assert(
      fc.property(anyRebuttal, ({ sitting, second }) => {
        const rebuttal = run([...seated(sitting), close]).state;
        const midway = run(
          second.map((paper) => cast(paper, ROUND_MS)),
          rebuttal,
        ).state;
        const sorted = (agentId: string): readonly string[] =>
          contestedFor(rebuttal, agentId)
            .map((claim) => JSON.stringify(claim))
            .toSorted();
        for (const { agentId } of sitting.electorate) {
          const shown = contestedFor(rebuttal, agentId);
          assert.deepEqual(contestedFor(midway, agentId), shown);
          assert.deepEqual(sorted(agentId), sorted("another reader"));
          for (const claim of shown)
            assert.deepEqual(Object.keys(claim).toSorted(), [
              "claim",
              "line",
              "path",
              "severity",
            ]);
        }
      }),
      RUNS,
    );
  });
});
