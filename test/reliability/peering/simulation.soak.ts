import assert from "node:assert/strict";
import { test } from "node:test";
import { replayOf, runSeeds } from "./seeds.ts";

const SEEDS = 20_000;
/** Seeds of a line. */
const LINE = 1000;

test(`${String(SEEDS)} times five hubs in trouble end with the same events and the same tallies, no vote twice, no stale epoch, one coordinator at a time, and nothing lost that was acknowledged`, async () => {
  // Seeds of their own, far from those of the short test.
  for (let first = 1_000_001; first <= 1_000_000 + SEEDS; first += LINE) {
    const report = await runSeeds(first, LINE);
    console.log(JSON.stringify({ first, ...report }));
    for (const { seed, problems } of report.failed)
      assert.fail(
        `seed ${String(seed)}: ${problems.join("; ")}. To see it: ${replayOf(seed)}`,
      );
    assert.equal(report.seeds, LINE);
  }
});
