import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  decide,
  type DecisionCommand,
} from "../../../src/core/consensus/decide.ts";
import {
  evolve,
  fold,
  initial,
  missingBallots,
  phase,
  unverifiedClaims,
  verifiersOf,
  type DecisionEvent,
  type DecisionState,
} from "../../../src/core/consensus/decision.ts";
import { quorumOf } from "../../../src/core/consensus/quorum.ts";
import { canonicalJson } from "../../../src/core/json.ts";
import type { Ballot, Verification } from "../../../src/protocol/consensus.ts";
import {
  FOUR,
  HASH,
  ROUND_MS,
  RULES,
  RUNS,
  SENIOR,
  anyBallotOf,
  anyFinding,
  attempt,
  ballot,
  cast,
  castIn,
  close,
  elector,
  evidence,
  opening,
  run,
  verification,
  verify,
} from "./table.ts";

/** What anybody may remember of a decision by watching it: enough to tell whether it keeps its promises. */
interface Watcher {
  /** The first ballot of each agent and round that was admissible when it came, as text. */
  readonly first: Map<string, string>;
  /** Electors of other hubs that said two things before ballots were closed: nothing of theirs counts. */
  readonly voided: Set<string>;
  readonly verified: Set<string>;
  collecting: boolean;
  outcome: string | undefined;
}

/** A hub that can die: nothing but the log survives. */
interface Hub {
  readonly log: DecisionEvent[];
  state: DecisionState;
}

function openHub(): Hub {
  const hub = { log: [], state: initial };
  take(
    hub,
    opening("change", [...FOUR, elector("far", { hub: "hub-b" })], {
      verifications: 3,
      senior: true,
      vetoRoles: [],
    }),
  );
  return hub;
}

function take(hub: Hub, command: DecisionCommand): readonly DecisionEvent[] {
  const events = attempt(command, hub.state);
  hub.log.push(...events);
  hub.state = events.reduce(evolve, hub.state);
  return events;
}

type Step = fc.Command<Watcher, Hub>;

/** After every step: what is final stays, and the state is the fold of the log. */
function watch(watcher: Watcher, { state, log }: Hub): void {
  assert.deepEqual(fold(log, "d1"), state);
  const now = state.outcome === undefined ? undefined : phase(state);
  if (watcher.outcome !== undefined) assert.equal(now, watcher.outcome);
  watcher.outcome = now;
  watcher.collecting = phase(state) === "collecting";
  assert.deepEqual(
    new Map(
      state.ballots.map((paper) => [
        `${paper.agentId}/${String(paper.round)}`,
        JSON.stringify(paper),
      ]),
    ),
    watcher.first,
  );
  // Nothing is written to the log that does not count, but for what was voided later.
  assert.equal(
    castIn(log).filter(({ agentId }) => !watcher.voided.has(agentId)).length,
    state.ballots.length,
  );
  const ends = log.filter(
    ({ type }) => type === "DecisionMade" || type === "DecisionEscalated",
  );
  assert.equal(ends.length, now === undefined ? 0 : 1);
  if (now === "approved") {
    const said = [...state.ballots, ...(state.senior ? [state.senior] : [])];
    assert.ok(said.some(({ verdict }) => verdict === "approve"));
  }
}

function step(name: string, act: (watcher: Watcher, hub: Hub) => void): Step {
  return {
    check: () => true,
    run: (watcher, hub) => {
      act(watcher, hub);
      watch(watcher, hub);
    },
    toString: () => name,
  };
}

function casts(paper: Ballot, at: number): Step {
  return step(`cast ${JSON.stringify(paper)}`, (watcher, hub) => {
    const key = `${paper.agentId}/1`;
    const first = watcher.first.get(key);
    const fits =
      watcher.collecting &&
      paper.artifactHash === HASH &&
      paper.agentId !== "stranger" &&
      !watcher.voided.has(paper.agentId);
    if (fits && first === undefined && at < ROUND_MS)
      watcher.first.set(key, JSON.stringify(paper));
    if (
      fits &&
      paper.agentId === "far" &&
      first !== undefined &&
      canonicalJson(JSON.parse(first)) !== canonicalJson(paper)
    ) {
      watcher.voided.add("far");
      watcher.first.delete(key);
    }
    take(hub, cast(paper, at));
  });
}

function verifies(
  pick: number,
  said: Pick<Verification, "verdict" | "shown">,
): Step {
  return step(`verify ${JSON.stringify(said)}`, (watcher, hub) => {
    const claims = hub.state.claims ?? [];
    const claim = claims[pick % Math.max(1, claims.length)];
    const verifier =
      claim === undefined ? undefined : verifiersOf(hub.state, claim)[0];
    if (claim === undefined || verifier === undefined) return;
    const counts =
      phase(hub.state) === "verifying" && !watcher.verified.has(claim.claimId);
    const events = take(hub, verify(claim.claimId, verifier.agentId, said));
    assert.equal(events.length, counts ? 1 : 0);
    watcher.verified.add(claim.claimId);
  });
}

/** Any other command. */
function does(command: DecisionCommand): Step {
  return step(JSON.stringify(command), (_watcher, hub) => {
    take(hub, command);
  });
}

/** Dies while the events of a command are written, and comes back. */
function crashes(kept: number): Step {
  return step(`crash after ${String(kept)} events`, (_watcher, hub) => {
    hub.log.push(...attempt(close, hub.state).slice(0, kept));
    hub.state = fold(hub.log, "d1");
  });
}

const anyStep = [
  fc
    .tuple(
      fc.constantFrom(...FOUR.map(({ agentId }) => agentId), "far", "stranger"),
      fc.constantFrom(HASH, HASH, HASH, "artifact-2"),
      fc.constantFrom(1, 1, 1, ROUND_MS),
    )
    .chain(([agentId, artifactHash, at]) =>
      anyBallotOf(agentId).map((paper) =>
        casts({ ...paper, artifactHash }, at),
      ),
    ),
  fc
    .record({
      verdict: fc.constantFrom("confirmed", "refuted", "unclear"),
      shown: fc.boolean(),
    })
    .chain((said) => fc.nat(3).map((pick) => verifies(pick, said))),
  fc
    .constantFrom<DecisionCommand[]>(
      close,
      { type: "EvidenceDone" },
      { type: "RecordEvidence", evidence: evidence("e0") },
      { type: "SeniorAbsent" },
      { type: "RecordSenior", ballot: ballot(SENIOR) },
    )
    .map((command) => does(command)),
  fc.nat(2).map((kept) => crashes(kept)),
];

describe("C1: whatever is asked of a decision, in any order, with crashes in between", () => {
  it("keeps first ballots, first verdicts and its end, and is the fold of its log", () => {
    fc.assert(
      fc.property(fc.commands(anyStep, { maxCommands: 60 }), (steps) => {
        fc.modelRun(
          () => ({
            model: {
              first: new Map(),
              voided: new Set<string>(),
              verified: new Set<string>(),
              collecting: true,
              outcome: undefined,
            },
            real: openHub(),
          }),
          steps,
        );
      }),
      RUNS,
    );
  });
});

/** What an agent does in a round: answers, answers twice, or dies before it does. */
const anyHabit = fc.constantFrom("answers", "answers", "twice", "dies");

describe("L1: under any schedule of answers, deaths, the deadline and a dying hub", () => {
  it("a decision ends, with the ballots that came before it closed and no others", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.tuple(...FOUR.map(() => anyHabit)),
        fc.tuple(...FOUR.map(({ agentId }) => anyBallotOf(agentId))),
        anyFinding,
        fc.boolean(),
        fc.option(anyBallotOf(SENIOR), { nil: undefined }),
        async (scheduler, habits, papers, shared, hubDies, word) => {
          const log: DecisionEvent[] = run([
            opening("change", FOUR, { verifications: 2, senior: true }),
          ]).events.slice();
          // One writer: commands are taken in turn, each on the state its predecessors left in the log.
          let turn: Promise<unknown> = Promise.resolve();
          const take = (command: DecisionCommand): Promise<void> => {
            const done = turn.then(async () => {
              const events = attempt(command, fold(log, "d1"));
              for (const event of events) {
                await scheduler.schedule(Promise.resolve(), "fsync");
                log.push(event);
              }
            });
            turn = done;
            return done;
          };
          const say = (paper: Ballot, label: string): Promise<void> =>
            scheduler.schedule(Promise.resolve(), label).then(() =>
              take({
                type: "CastBallot",
                ballot: paper,
                by: paper.agentId,
                now: 1,
              }),
            );
          const voting = habits.flatMap((habit, index) => {
            const paper = papers[index];
            if (habit === "dies" || paper === undefined) return [];
            const one = {
              ...paper,
              findings: [
                ...paper.findings,
                { ...shared, severity: "high" as const },
              ],
            };
            return habit === "twice"
              ? [say(one, "ballot"), say({ ...one, reason: "again" }, "again")]
              : [say(one, "ballot")];
          });
          const deadline = scheduler
            .schedule(Promise.resolve(), "deadline")
            .then(() => take(close));
          await scheduler.waitFor(Promise.all([...voting, deadline]));

          // The next stages go on from the log alone, as a hub that was started again does.
          for (let step = 0; step < 3; step += 1) {
            const state = fold(log, "d1");
            if (state.outcome !== undefined) break;
            const checks = unverifiedClaims(state).flatMap((claim) => {
              const [verifier] = verifiersOf(state, claim);
              return verifier === undefined || hubDies
                ? []
                : [
                    scheduler.schedule(Promise.resolve(), "verifier").then(() =>
                      take({
                        type: "RecordVerification",
                        verification: verification(
                          claim.claimId,
                          verifier.agentId,
                        ),
                      }),
                    ),
                  ];
            });
            const next: DecisionCommand =
              phase(state) !== "senior"
                ? close
                : word === undefined
                  ? { type: "SeniorAbsent" }
                  : { type: "RecordSenior", ballot: word };
            const on = scheduler
              .schedule(Promise.resolve(), "patience")
              .then(() => take(next));
            await scheduler.waitFor(Promise.all([...checks, on]));
          }

          const state = fold(log, "d1");
          assert.ok(state.outcome);
          assert.deepEqual(missingBallots(state), []);
          const at = (type: string): number =>
            log.findIndex((event) => event.type === type);
          const closed =
            Math.max(at("VerificationOpened"), 0) || at("RoundTallied");
          for (const [index, event] of log.entries())
            if (event.type === "BallotCast") assert.ok(index < closed);
          const voters = state.ballots.map(({ agentId }) => agentId);
          assert.equal(new Set(voters).size, voters.length);
          if (state.outcome.kind === "approved" && state.senior === undefined)
            assert.ok(
              quorumOf({
                electorate: FOUR,
                rules: RULES,
                ballots: state.ballots,
              }).met,
            );
          // Decided once, and the same again from the same log.
          const ends = log.filter(
            ({ type }) =>
              type === "DecisionMade" || type === "DecisionEscalated",
          );
          assert.equal(ends.length, 1);
          assert.deepEqual(decide(close, state), []);
        },
      ),
      RUNS,
    );
  });
});
