import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { contestedFor } from "../../../src/core/consensus/contested.ts";
import {
  evolve,
  fold,
  initial,
  type DecisionEvent,
  type DecisionState,
} from "../../../src/core/consensus/decision.ts";
import {
  decide,
  type DecisionCommand,
} from "../../../src/core/consensus/decide.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { Ballot } from "../../../src/protocol/consensus.ts";
import {
  AUTHOR,
  HASH,
  ROUND_MS,
  RUNS,
  anyBallotOf,
  anyCourse,
  anySitting,
  attempt,
  ballot,
  cast,
  elector,
  opening,
  run,
  seated,
} from "./table.ts";

const close: DecisionCommand = { type: "CloseRound", now: ROUND_MS };

function castIn(events: readonly DecisionEvent[]): readonly Ballot[] {
  return events.flatMap((event) =>
    event.type === "BallotCast" ? [event.data.ballot] : [],
  );
}

function verdictOf({ tallies, outcome }: DecisionState): unknown {
  return { tallies, outcome };
}

describe("the protocol, whatever happens", () => {
  it("finality: what is decided never changes, by no command and no event", () => {
    fc.assert(
      fc.property(
        anyCourse,
        anyCourse,
        fc.constantFrom("approved", "blocked"),
        ({ sitting, commands }, other, outcome) => {
          const { state } = run([...commands, close, close]);
          assert.ok(state.outcome);
          const later = run(
            [
              ...other.commands,
              ...seated({ ...sitting, ballots: other.sitting.ballots }),
              close,
              { type: "Escalate", because: "late doubts" },
            ],
            state,
          );
          const forged: DecisionEvent = {
            type: "DecisionMade",
            data: {
              decisionId: "d1",
              subject: sitting.subject,
              artifactHash: HASH,
              outcome,
              because: "forged",
              dissent: [],
            },
          };
          const after = [...run(other.commands).events, forged].reduce(
            evolve,
            later.state,
          );
          assert.deepEqual(verdictOf(later.state), verdictOf(state));
          assert.deepEqual(verdictOf(after), verdictOf(state));
          assert.deepEqual(after.ballots, state.ballots);
          if (state.ruling !== undefined)
            assert.deepEqual(after.ruling, state.ruling);
        },
      ),
      RUNS,
    );
  });

  it("one ballot per round and agent counts: the first; a different one is recorded as equivocation", () => {
    fc.assert(
      fc.property(anyCourse, ({ commands }) => {
        const { events } = run(commands);
        const keys = castIn(events).map(
          ({ agentId, round }) => `${agentId}/${String(round)}`,
        );
        assert.equal(new Set(keys).size, keys.length);
      }),
      RUNS,
    );
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

  it("only members of the snapshot count, on this artifact, in time: without all other ballots the outcome is the same", () => {
    fc.assert(
      fc.property(anyCourse, ({ sitting, commands }) => {
        const { state, events } = run([...commands, close, close]);
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
          verdictOf(run([...admissible, close, close]).state),
          verdictOf(state),
        );
      }),
      RUNS,
    );
  });

  it("a ballot for another artifact, from a stranger, an author or too late is set aside with its reason and counts nowhere", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.constantFrom("stale", "stranger", "author", "late"),
        (sitting, why) => {
          const member = "voter";
          const open = run(
            seated({
              ...sitting,
              electorate: [...sitting.electorate, elector(member)],
            }),
          );
          const from =
            why === "stranger" ? "nobody" : why === "author" ? AUTHOR : member;
          const paper = ballot(from, {
            artifactHash: why === "stale" ? "artifact-0" : HASH,
          });
          const arrived = run(
            [cast(paper, why === "late" ? ROUND_MS : 1)],
            open.state,
          );
          assert.deepEqual(arrived.events, [
            {
              type: "BallotSetAside",
              data: { decisionId: "d1", ballot: paper, why },
            },
          ]);
          assert.deepEqual(
            run([close, close], arrived.state).events,
            run([close, close], open.state).events,
          );
          const closed = run([close, close], open.state).state;
          assert.equal(
            run([cast(ballot(member))], closed).events.at(-1)?.type,
            "BallotSetAside",
          );
        },
      ),
      RUNS,
    );
  });

  it("a ballot comes only from its agent: a forged one is refused and leaves no trace", () => {
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

  it("electorate, quorum and rules come from the snapshot: reopening and forged rounds change nothing", () => {
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

  it("a replay gives the same bytes, and the fold of the events is the state", () => {
    fc.assert(
      fc.property(anyCourse, ({ commands }) => {
        const once = run(commands);
        const twice = run(structuredClone(commands));
        assert.equal(JSON.stringify(twice), JSON.stringify(once));
        const stored = JSON.parse(
          JSON.stringify(once.events),
        ) as DecisionEvent[];
        assert.deepEqual(fold(stored, "d1"), once.state);
        assert.deepEqual(fold(stored, "another"), initial);
      }),
      RUNS,
    );
  });

  it("the order in which ballots and evidence arrive does not matter", () => {
    const shuffledSitting = anySitting.chain((sitting) =>
      fc.record({
        sitting: fc.constant(sitting),
        ballots: fc.shuffledSubarray([...sitting.ballots], {
          minLength: sitting.ballots.length,
        }),
        evidence: fc.shuffledSubarray([...sitting.evidence], {
          minLength: sitting.evidence.length,
        }),
        electorate: fc.shuffledSubarray([...sitting.electorate], {
          minLength: sitting.electorate.length,
        }),
      }),
    );
    fc.assert(
      fc.property(
        shuffledSitting,
        ({ sitting, ballots, evidence, electorate }) => {
          const shuffled = { ...sitting, ballots, evidence, electorate };
          const outcomes = [sitting, shuffled].map((one) => {
            const { state } = run(seated(one));
            const [tallied, next] = decide(close, state);
            assert.ok(next);
            const claims = contestedFor(
              [tallied, next].flatMap((e) => e ?? []).reduce(evolve, state),
              "a0",
            );
            return JSON.stringify([
              tallied,
              next.type === "RoundOpened" ? next.type : next,
              claims,
            ]);
          });
          assert.equal(outcomes[1], outcomes[0]);
        },
      ),
      RUNS,
    );
  });

  it("a decision ends after its rounds, and a crash after any event changes neither end nor record", () => {
    fc.assert(
      fc.property(
        anySitting,
        fc.array(fc.nat(3), { maxLength: 12 }),
        fc.boolean(),
        (sitting, crashes, silent) => {
          const second = silent
            ? []
            : sitting.ballots.map((paper) => cast({ ...paper, round: 2 }, 2));
          const script = [
            ...seated(sitting),
            { type: "EvidenceDone" } as const,
            close,
            ...second,
            close,
          ];
          const smooth = run(script);
          assert.ok(smooth.state.outcome);
          const rounds = smooth.state.tallies.length;
          assert.ok(rounds >= 1 && rounds <= sitting.rules.maxRounds);

          const log: DecisionEvent[] = [];
          for (const command of script) {
            let done = false;
            while (!done) {
              const state = fold(log, "d1");
              const events = attempt(command, state);
              const kept = crashes.pop() ?? events.length;
              log.push(...events.slice(0, kept));
              done = kept >= events.length;
            }
          }
          assert.deepEqual(verdictOf(fold(log, "d1")), verdictOf(smooth.state));
        },
      ),
      RUNS,
    );
  });
});
