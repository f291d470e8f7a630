import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decide } from "../../../src/core/consensus/decide.ts";
import { ballotIn, isVoided } from "../../../src/core/consensus/decision.ts";
import { tally } from "../../../src/core/consensus/tally.ts";
import { isProblem } from "../../../src/core/errors.ts";
import {
  AUTHOR,
  END,
  HASH,
  ROUND_MS,
  RUNS,
  anyBallotOf,
  anyCourse,
  anySitting,
  ballot,
  cast,
  castIn,
  elector,
  opening,
  run,
  seated,
  verdictOf,
} from "./table.ts";

describe("S2: one ballot counts per decision, round and agent", () => {
  it("is the first one, whatever arrives, unless a peer said two things", () => {
    fc.assert(
      fc.property(anyCourse, ({ commands }) => {
        const { events, state } = run(commands);
        const papers = castIn(events);
        const keys = papers.map(
          ({ agentId, round }) => `${agentId}/${String(round)}`,
        );
        assert.equal(new Set(keys).size, keys.length);
        for (const paper of papers.filter(
          ({ agentId }) => !isVoided(state, agentId),
        ))
          assert.deepEqual(ballotIn(state, paper.agentId, paper.round), paper);
      }),
      RUNS,
    );
  });

  it("records a second, different one as equivocation, and a repeated one not at all", () => {
    fc.assert(
      fc.property(anyBallotOf("a0"), anyBallotOf("a0"), (first, second) => {
        fc.pre(JSON.stringify(first) !== JSON.stringify(second));
        const { state, events } = run([
          opening("plan", [elector("a0")]),
          cast(first),
          cast(first),
          cast(second),
          cast(second),
          cast(first),
        ]);
        assert.deepEqual(state.ballots, [first]);
        assert.deepEqual(events.slice(1), [
          { type: "BallotCast", data: { decisionId: "d1", ballot: first } },
          {
            type: "BallotSetAside",
            data: { decisionId: "d1", ballot: second, why: "equivocation" },
          },
        ]);
      }),
      RUNS,
    );
  });
});

describe("S3: only members of the snapshot count", () => {
  it("gives the same outcome without the ballots of everyone else", () => {
    fc.assert(
      fc.property(anyCourse, ({ sitting, commands }) => {
        const { state, events } = run([...commands, ...END]);
        const members = new Set(
          sitting.electorate.map(({ agentId }) => agentId),
        );
        for (const paper of castIn(events)) {
          assert.ok(members.has(paper.agentId) && paper.agentId !== AUTHOR);
          assert.equal(paper.artifactHash, HASH);
        }
        const admissible = commands.filter(
          (command) =>
            command.type !== "CastBallot" ||
            (members.has(command.ballot.agentId) &&
              command.by === command.ballot.agentId &&
              command.ballot.artifactHash === HASH),
        );
        assert.deepEqual(
          verdictOf(run([...admissible, ...END]).state),
          verdictOf(state),
        );
      }),
      RUNS,
    );
  });

  it("does not even count a stranger's ballot in the tally", () => {
    fc.assert(
      fc.property(anySitting, anyBallotOf("stranger"), (sitting, paper) => {
        assert.deepEqual(
          tally({
            round: 1,
            ...sitting,
            ballots: [paper, ...sitting.ballots],
          }),
          tally({ round: 1, ...sitting }),
        );
      }),
      RUNS,
    );
  });

  it("sets aside what a stranger or an author casts, with the reason", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.constantFrom("stranger", "author"),
        (sitting, why) => {
          const paper = ballot(why === "author" ? AUTHOR : "nobody");
          expectAside(sitting, paper, 1, why);
        },
      ),
      RUNS,
    );
  });
});

describe("S7: a ballot comes only from its agent", () => {
  it("refuses a forged one, which leaves no trace", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.nat(6),
        fc.string(),
        (sitting, index, forger) => {
          const paper = ballot(`a${String(index)}`);
          fc.pre(forger !== paper.agentId);
          const { state } = run([
            opening(sitting.subject, sitting.electorate, sitting.rules),
          ]);
          assert.throws(
            () =>
              decide(
                { type: "CastBallot", ballot: paper, by: forger, now: 1 },
                state,
              ),
            (error) => isProblem(error, "bad-intent"),
          );
        },
      ),
      RUNS,
    );
  });
});

describe("S10: a ballot is bound to its artifact", () => {
  it("sets a ballot for another hash aside, and counts it nowhere", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        expectAside(
          sitting,
          ballot("voter", { artifactHash: "artifact-0" }),
          1,
          "stale",
        );
      }),
      RUNS,
    );
  });
});

describe("S11: a late ballot is logged and never counted, an abstention counts for presence only", () => {
  it("sets aside what comes at the deadline or after", () => {
    fc.assert(
      fc.property(anySitting, fc.nat(ROUND_MS), (sitting, delay) => {
        expectAside(sitting, ballot("voter"), ROUND_MS + delay, "late");
      }),
      RUNS,
    );
  });

  it("sets aside what comes when the ballots are closed, though the time is not up", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const closed = run([...seated(withVoter(sitting)), ...END]).state;
        const late = run([cast(ballot("voter"))], closed);
        assert.equal(late.events.at(-1)?.type, "BallotSetAside");
        assert.deepEqual(verdictOf(late.state), verdictOf(closed));
        assert.deepEqual(late.state.ballots, closed.ballots);
      }),
      RUNS,
    );
  });

  it("moves no score by an abstention, and approves nothing by abstentions alone", () => {
    fc.assert(
      fc.property(anySitting, (sitting) => {
        const with_ = {
          ...sitting,
          electorate: [...sitting.electorate, elector("voter")],
        };
        const count = (more: readonly ReturnType<typeof ballot>[]) =>
          tally({
            round: 1,
            ...with_,
            ballots: [...with_.ballots, ...more],
          });
        const abstained = count([ballot("voter", { verdict: "abstain" })]);
        assert.equal(abstained.score, count([]).score);
        assert.equal(abstained.approvals, count([]).approvals);
        const all = tally({
          round: 1,
          ...sitting,
          ballots: sitting.ballots.map((paper) => ({
            ...paper,
            verdict: "abstain" as const,
          })),
        });
        assert.notEqual(all.outcome, "approved");
      }),
      RUNS,
    );
  });
});

type AnySitting = Parameters<typeof seated>[0];

function withVoter(sitting: AnySitting): AnySitting {
  return {
    ...sitting,
    electorate: [...sitting.electorate, elector("voter")],
  };
}

/** The ballot becomes one event that sets it aside, and the rest of the decision goes as it would without it. */
function expectAside(
  sitting: AnySitting,
  paper: ReturnType<typeof ballot>,
  at: number,
  why: string,
): void {
  const open = run(seated(withVoter(sitting)));
  const arrived = run([cast(paper, at)], open.state);
  assert.deepEqual(arrived.events, [
    {
      type: "BallotSetAside",
      data: { decisionId: "d1", ballot: paper, why },
    },
  ]);
  assert.deepEqual(run(END, arrived.state).events, run(END, open.state).events);
}
