import assert from "node:assert/strict";
import { test } from "node:test";
import { replayOf, runSeeds } from "./seeds.ts";

const SEEDS = 1000;

test(`${String(SEEDS)} times five hubs in trouble end with the same events and the same tallies, no vote twice, no stale epoch, one coordinator at a time, and nothing lost that was acknowledged`, async (t) => {
  const { failed, ...report } = await runSeeds(1, SEEDS);
  t.diagnostic(JSON.stringify(report));
  for (const { seed, problems } of failed)
    assert.fail(
      `seed ${String(seed)}: ${problems.join("; ")}. To see it: ${replayOf(seed)}`,
    );
  assert.equal(report.seeds, SEEDS);
  // What is not there cannot go wrong: each kind of trouble and of progress was seen.
  for (const name of ["crashes", "terms", "settled", "forks", "refused"])
    assert.ok((report.totals[name] ?? 0) > 0, `there were no ${name}`);
});
