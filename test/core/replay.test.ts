import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { nextStep, pauseBetween, replayOf } from "../../src/core/replay.ts";
import type { Recorded } from "../../src/protocol/event.ts";
import { inRoot } from "../rig/project.ts";

/** A whole mission, plan to merge, as version 1 recorded it. */
const events = readFileSync(inRoot("test/golden/log-v1.jsonl"), "utf8")
  .split("\n")
  .slice(1, -2)
  .map((line) => JSON.parse(line) as Recorded)
  .filter(
    ({ missionId }) =>
      missionId !== "hub" && missionId !== "01m0made0by0hand0000000000",
  );

/** Events of which only the time matters. */
const at = (...times: readonly number[]): readonly Recorded[] =>
  times.map((time) => ({ ...events[0], at: time }) as Recorded);

describe("a replay", () => {
  it("shows the mission after any event as a fold of the events up to it does", () => {
    const replay = replayOf(events);
    assert.ok(replay);
    for (const step of [1, 60, 200, events.length, 120, 3, 364])
      assert.deepEqual(
        replay.at(step).detail(50),
        replayOf(events.slice(0, step))?.at(step).detail(50),
        `step ${String(step)}`,
      );
  });

  it("shows what was known then, and no more: ballots stay sealed until they were told", () => {
    const cast = events.findIndex(({ type }) => type === "BallotCast");
    const view = replayOf(events)?.at(cast + 1);
    assert.ok(view);
    const shown = view
      .detail(0)
      .decisions[0]?.electors.map((elector) => elector.shown.state);
    assert.ok(shown?.includes("sealed") && !shown.includes("open"));
    assert.equal(view.line().outcome, null);
  });

  it("stays within the mission, and is of missions only", () => {
    const replay = replayOf(events);
    assert.ok(replay);
    assert.equal(replay.at(-5).detail(0).said.total, 1);
    assert.equal(replay.at(10_000).line().outcome?.kind, "merged");
    assert.equal(replayOf(events.slice(1)), undefined);
    assert.equal(replayOf([]), undefined);
  });
});

describe("the time between two events", () => {
  it("is as it was, divided by the speed", () => {
    assert.deepEqual(pauseBetween(1000, 3000, 1), { ms: 2000, cut: 0 });
    assert.deepEqual(pauseBetween(1000, 3000, 10), { ms: 200, cut: 0 });
    assert.deepEqual(pauseBetween(1000, 3000, 0.8), { ms: 2500, cut: 0 });
    assert.deepEqual(pauseBetween(1000, 9e9, Infinity), { ms: 0, cut: 0 });
  });

  it("is never longer than three seconds, and says what was left out", () => {
    assert.deepEqual(pauseBetween(0, 63_000, 1), { ms: 3000, cut: 60_000 });
    assert.deepEqual(pauseBetween(0, 630_000, 10), { ms: 3000, cut: 600_000 });
  });

  it("is none where a clock was set back", () => {
    assert.deepEqual(pauseBetween(3000, 1000, 1), { ms: 0, cut: 0 });
  });
});

describe("playing on", () => {
  it("goes to the next event after its pause", () => {
    assert.deepEqual(nextStep(at(0, 500, 900), 1, 1), { step: 2, ms: 500 });
    assert.deepEqual(nextStep(at(0, 500, 900), 2, 10), { step: 3, ms: 60 });
  });

  it("shows together what happened closer together than a picture lasts", () => {
    assert.deepEqual(nextStep(at(0, 1, 2, 3, 900), 1, 1), { step: 4, ms: 60 });
  });

  it("ends with the last event", () => {
    assert.equal(nextStep(at(0, 500), 2, 1), undefined);
  });

  it("comes to the end of a whole mission at every speed", () => {
    for (const speed of [1, 10, 1000]) {
      let step = 1;
      for (
        let next = nextStep(events, step, speed);
        next !== undefined;
        next = nextStep(events, step, speed)
      ) {
        assert.ok(next.step > step && next.ms <= 3000);
        step = next.step;
      }
      assert.equal(step, events.length);
    }
  });
});
