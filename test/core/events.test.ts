import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import { hashInput, upcast } from "../../src/core/events.ts";
import { EVENT_VERSION, type RecordedOf } from "../../src/protocol/event.ts";

const stored: RecordedOf<"AgentLeft"> = {
  missionId: "m1",
  type: "AgentLeft",
  data: { agentId: "qa", why: "done" },
  by: "hub",
  key: "k",
  v: EVENT_VERSION,
  seq: 7,
  at: 1000,
  epoch: 2,
  prevHash: "00",
  hash: "11",
};

describe("a stored event", () => {
  it("of today's version is read as it is", () => {
    assert.deepEqual(upcast(stored), stored);
  });

  it("of a later version is refused, not guessed at", () => {
    assert.throws(
      () => upcast({ ...stored, v: EVENT_VERSION + 1 }),
      (error) => isProblem(error, "log-too-new"),
    );
  });

  it("is hashed over all its members but the hash, in any order of members", () => {
    const text = hashInput(stored);
    const reversed = Object.fromEntries(
      Object.entries(stored).toReversed(),
    ) as typeof stored;
    assert.equal(hashInput(reversed), text);
    const rehashed: typeof stored = { ...stored, hash: "22" };
    assert.equal(hashInput(rehashed), text);
    const { key: _, ...keyless } = stored;
    for (const changed of [
      { ...stored, missionId: "m2" },
      { ...stored, data: { agentId: "qa", why: "crash" } },
      { ...stored, by: "human" },
      { ...stored, key: "l" },
      keyless,
      { ...stored, v: 2 },
      { ...stored, seq: 8 },
      { ...stored, at: 1001 },
      { ...stored, epoch: 3 },
      { ...stored, prevHash: "01" },
    ])
      assert.notEqual(hashInput(changed), text);
  });
});
