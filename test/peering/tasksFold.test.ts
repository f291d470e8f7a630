import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  evolveTask,
  hasEnded,
  takenToday,
  type CrossTask,
} from "../../src/peering/tasks/crossTask.ts";
import { firstLine, paragraphs } from "../../src/peering/tasks/words.ts";
import type { DataOf, Recorded } from "../../src/protocol/event.ts";

const HUB = "a".repeat(52);
const DAY = 86_400_000;

type Told = Partial<DataOf<"PeerTaskMoved">> & { readonly state: string };

/** A task that was asked of this hub at `at`, and what became of it. */
function task(
  moves: readonly (Told | { readonly accepted: boolean })[],
  at = 0,
): CrossTask {
  const taskId = "t".repeat(26);
  const base = {
    missionId: "hub",
    by: "x",
    epoch: 1,
    v: 1,
    hash: "",
    prev: "",
  };
  const events = [
    {
      type: "PeerTaskAsked",
      data: {
        ...{ taskId, hubId: HUB, title: "T", intent: "I" },
        commit: "1".repeat(40),
        bundle: { sha256: "2".repeat(64), bytes: 100 },
      },
    },
    ...moves.map((move) =>
      "accepted" in move
        ? { type: "PeerTaskAnswered", data: { taskId, by: "x", ...move } }
        : { type: "PeerTaskMoved", data: { taskId, note: "", ...move } },
    ),
  ].map((event, index) => ({ ...base, ...event, seq: index + 1, at }));
  const folded = events.reduce<CrossTask | undefined>(
    (one, event) => evolveTask(one, event as unknown as Recorded),
    undefined,
  );
  assert.ok(folded);
  return folded;
}

describe("what the log tells of a task", () => {
  it("an end is for good: only what adds to it counts after it", () => {
    assert.equal(
      task([{ accepted: true }, { state: "canceled" }, { state: "done" }])
        .state,
      "canceled",
    );
    const done = task([
      { accepted: true },
      { state: "done", branch: "b" },
      { state: "failed", note: "late" },
      { state: "done", missionId: "m" },
    ]);
    assert.deepEqual(
      [done.state, done.branch, done.missionId, hasEnded(done)],
      ["done", "b", "m", true],
    );
  });

  it("an answer counts once, and only while the task waits", () => {
    assert.equal(
      task([{ accepted: false }, { accepted: true }]).state,
      "refused",
    );
    assert.equal(
      task([{ state: "canceled" }, { accepted: true }]).state,
      "canceled",
    );
  });

  it("a state of a later version changes nothing", () => {
    assert.equal(task([{ state: "postponed" }]).state, "waiting");
  });

  it("files of a hub are counted by the day on which they were taken", () => {
    const tasks = [
      task([{ accepted: true }], 5 * DAY),
      task([{ accepted: true }, { state: "failed" }], 5 * DAY + 1000),
      task([{ accepted: true }], 4 * DAY),
      task([{ accepted: false }], 5 * DAY),
    ];
    assert.equal(takenToday(tasks, HUB, 5 * DAY + 2000), 200);
    assert.equal(takenToday(tasks, "b".repeat(52), 5 * DAY), 0);
  });

  it("text of another hub keeps its lines and loses what turns writing around", () => {
    assert.equal(
      paragraphs("a\u202Eb\r\n\tc\u0000d\u2066 \u001B[31me", 100),
      "a b\n\tc d   [31me",
    );
    assert.equal(firstLine("  One \u200B two\nthree", 100), "One two");
    assert.equal(firstLine("x".repeat(200), 10), `${"x".repeat(9)}…`);
  });
});
