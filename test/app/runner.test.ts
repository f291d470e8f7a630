import assert from "node:assert/strict";
import { test } from "node:test";
import { createRunner } from "../../src/app/runner.ts";
import { isProblem, RoundtableError } from "../../src/core/errors.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";
import { openHouse } from "../mission/house.ts";

test("a mission nobody can sit down for is stalled with the reason, not running", async () => {
  await using house = await openHouse();
  const { missionId } = await house.open({ kind: "build", goal: "Anything" });
  const runner = createRunner(house.log, quiet, () =>
    Promise.reject(
      new RoundtableError("agent-missing", "Nobody came.", "Resume it."),
    ),
  );
  runner.start(missionId);
  await assert.rejects(
    runner.ended(missionId, AbortSignal.timeout(10_000)),
    (error) => isProblem(error, "agent-missing"),
  );
  const last = house.log.mission(missionId).at(-1);
  assert.equal(last?.type, "MissionStalled");
});
