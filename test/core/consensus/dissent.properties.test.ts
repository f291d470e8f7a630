import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { firstMessage } from "../../../src/agents/prompt.ts";
import { groupFindings } from "../../../src/core/consensus/cluster.ts";
import { contestedFor } from "../../../src/core/consensus/contested.ts";
import {
  type DecisionEvent,
  type DecisionState,
} from "../../../src/core/consensus/decision.ts";
import type { Dissent } from "../../../src/protocol/consensus.ts";
import {
  END,
  ROUND_MS,
  RUNS,
  anyAnswers,
  anyBallotOf,
  anyCourse,
  anySitting,
  cast,
  close,
  finish,
  run,
  seated,
  SENIOR,
} from "./table.ts";
import { ballotWork, roleOf } from "../../agents/table.ts";

function isConfirmed({ tallies }: DecisionState, id: string): boolean {
  return (
    tallies
      .at(-1)
      ?.clusters.some(
        (cluster) => cluster.id === id && cluster.verified === "confirmed",
      ) ?? false
  );
}

function dissentIn(events: readonly DecisionEvent[]): readonly Dissent[] {
  const end = events.find(
    ({ type }) => type === "DecisionMade" || type === "DecisionEscalated",
  );
  assert.ok(end?.type === "DecisionMade" || end?.type === "DecisionEscalated");
  return end.data.dissent;
}

describe("S15: dissent is conserved", () => {
  it("every ballot of the other side, every abstention and every finding that stood alone is in the record", () => {
    fc.assert(
      fc.property(anyCourse, ({ commands }) => {
        const { state, events } = run([...commands, ...END]);
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
            if (
              group.cluster.standing === "SINGLE" &&
              !isConfirmed(state, group.cluster.id)
            )
              for (const { raiser, finding } of group.members)
                holds(raiser, [finding]);
        }
        const said =
          state.senior === undefined
            ? state.ballots
            : [...state.ballots, state.senior];
        for (const { agentId, findings } of dissent)
          for (const one of findings)
            assert.ok(
              said.some(
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

  it("what verifiers refuted, what nobody confirmed and all the senior model found", () => {
    fc.assert(
      fc.property(
        anySitting,
        anyAnswers,
        fc.option(anyBallotOf(SENIOR), { nil: undefined }),
        (sitting, answers, word) => {
          const { events, state } = finish(
            run(seated(sitting)).state,
            answers,
            word,
          );
          const dissent = dissentIn(events);
          const kept = (agentId: string): readonly string[] =>
            (
              dissent.find((one) => one.agentId === agentId)?.findings ?? []
            ).map((one) => JSON.stringify(one));
          for (const claim of state.tallies.at(-1)?.clusters ?? []) {
            const { representative, verified, standing, raisedBy } = claim;
            if (verified !== "refuted" && standing !== "SINGLE") continue;
            const agents = raisedBy.filter((id) => !id.startsWith("tool:"));
            assert.ok(
              agents.some((id) =>
                kept(id).includes(JSON.stringify(representative)),
              ),
            );
          }
          if (state.senior !== undefined) {
            for (const one of state.senior.findings)
              assert.ok(kept(SENIOR).includes(JSON.stringify(one)));
            if (state.outcome?.kind === "escalated")
              assert.ok(dissent.some(({ agentId }) => agentId === SENIOR));
          }
        },
      ),
      RUNS,
    );
  });
});

describe("S16: what a reader is shown", () => {
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

  it("as the first prompt is the same bytes whatever others have said, and says nothing of who reads it before its role", () => {
    fc.assert(
      fc.property(anySitting, anySitting, (sitting, other) => {
        const states = [
          run(seated({ ...sitting, ballots: [] })).state,
          run(seated(sitting)).state,
        ];
        for (const { agentId, role } of sitting.electorate) {
          const prompts = states.map((state, index) =>
            firstMessage(
              {
                ...ballotWork(),
                subject: sitting.subject,
                evidence: [...state.evidence],
                // What is sealed must not show even if somebody hands it in.
                contested: [
                  ...(index === 0
                    ? []
                    : other.ballots.flatMap(({ findings }) => findings)),
                  ...contestedFor(state, agentId),
                ],
              },
              roleOf(role),
            ),
          );
          assert.equal(JSON.stringify(prompts[1]), JSON.stringify(prompts[0]));
        }
        const shared = ["qa", "security"].map((role) =>
          JSON.stringify(
            firstMessage(
              { ...ballotWork({ key: role }), subject: sitting.subject },
              roleOf(role),
            ).content[0],
          ),
        );
        assert.equal(shared[0], shared[1]);
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
