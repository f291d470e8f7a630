import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { evolve } from "../../../src/core/consensus/decision.ts";
import { quorumOf } from "../../../src/core/consensus/quorum.ts";
import { tally } from "../../../src/core/consensus/tally.ts";
import {
  END,
  RULES,
  RUNS,
  anyCourse,
  anySitting,
  attempt,
  ballot,
  elector,
  opening,
  run,
  seated,
  verdictOf,
  voices,
} from "./table.ts";

describe("S4: electorate, quorum and threshold come from the snapshot", () => {
  it("changes nothing by reopening or by forged rounds", () => {
    fc.assert(
      fc.property(anyCourse, anySitting, ({ sitting, commands }, other) => {
        const { state, events } = run(commands);
        const again = opening(other.subject, other.electorate, other.rules);
        assert.deepEqual(attempt(again, state), []);
        const [first] = run([again]).events;
        assert.ok(first?.type === "RoundOpened");
        for (const round of [1, 2])
          if (JSON.stringify(other) !== JSON.stringify(sitting))
            assert.deepEqual(
              evolve(state, { ...first, data: { ...first.data, round } }).round
                ?.electorate,
              state.round?.electorate,
            );
        for (const event of events)
          if (event.type === "RoundOpened") {
            const { round, deadline, ...fixed } = event.data;
            const { round: _r, deadline: _d, ...snapshot } = state.round ?? {};
            assert.ok(round >= 1 && deadline > 0);
            assert.deepEqual(fixed, snapshot);
          }
      }),
      RUNS,
    );
  });

  it("changes nothing by who joins or leaves while it is open", () => {
    fc.assert(
      fc.property(anySitting, anySitting, (sitting, other) => {
        const open = run(seated(sitting)).state;
        const moved = run(
          [
            opening(sitting.subject, other.electorate, other.rules),
            opening(sitting.subject, [], sitting.rules),
          ],
          open,
        );
        assert.deepEqual(moved.events, []);
        assert.deepEqual(
          verdictOf(run(END, moved.state).state),
          verdictOf(run(END, open).state),
        );
      }),
      RUNS,
    );
  });

  it("uses the bar and the quorum of the rules it was opened with", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.integer({ min: 501, max: 999 }),
        (sitting, threshold) => {
          const strict = { ...sitting.rules, threshold };
          const counted = tally({
            round: 1,
            ...sitting,
            subject: "plan",
            rules: strict,
          });
          const exact = Math.round(
            1000 * Math.log(threshold / (1000 - threshold)),
          );
          assert.equal(counted.bar, exact);
          const { needed, all } = quorumOf({ ...sitting, rules: strict });
          assert.equal(
            needed,
            Math.max(1, Math.ceil((all * strict.quorum) / 1000)),
          );
        },
      ),
      RUNS,
    );
  });
});

describe("S5: the denominator is the electorate, not the votes cast", () => {
  it("takes an approval away by absent members alone", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const rules = {
          ...sitting.rules,
          quorum: Math.max(100, sitting.rules.quorum),
          requiredRoles: [],
        };
        const friends = ["f1", "f2", "f3"];
        const table = {
          round: 1,
          ...sitting,
          evidence: [],
          rules,
          electorate: friends.map((id) => elector(id, { weight: 2200 })),
          ballots: friends.map((id) => ballot(id)),
        };
        const absent = Array.from({ length: 80 }, (_, index) =>
          elector(`absent-${String(index)}`),
        );
        assert.equal(
          tally({
            ...table,
            electorate: [...table.electorate, ...absent],
          }).outcome,
          "noQuorum",
        );
      }),
      RUNS,
    );
  });

  it("decides nothing by the first yes of many, however strong", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 501, max: 1000 }),
        fc.constantFrom("plan", "change", "question"),
        (size, quorum, subject) => {
          const electorate = Array.from({ length: size }, (_, index) =>
            elector(`a${String(index)}`, { weight: 2200 }),
          );
          const { outcome } = tally({
            round: 1,
            subject,
            electorate,
            rules: { ...RULES, quorum },
            evidence: [],
            ballots: [ballot("a0")],
          });
          assert.equal(outcome, "noQuorum");
        },
      ),
      RUNS,
    );
  });
});

describe("S6: what is needed grows with the table", () => {
  it("approves nothing without the quorum of the whole electorate, a local voice, each required role and an approving ballot", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const { outcome } = tally({ round: 1, ...sitting });
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

  it("needs one present voice more for every so many seats", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(200),
        (size, quorum, present) => {
          const electorate = Array.from({ length: size }, (_, index) =>
            elector(`a${String(index)}`),
          );
          const ballots = electorate
            .slice(0, present)
            .map(({ agentId }) => ballot(agentId));
          const { met } = quorumOf({
            electorate,
            rules: { ...RULES, quorum },
            ballots,
          });
          assert.equal(
            met,
            ballots.length > 0 && ballots.length * 1000 >= size * quorum,
          );
        },
      ),
      RUNS,
    );
  });
});
