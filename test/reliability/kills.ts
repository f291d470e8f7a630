import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Seeded } from "./seeded.ts";
import { seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";
import { createTally } from "./tally.ts";
import { bundled } from "./victim.ts";

/** Kills with one kind of child, two at a time, each row of kills with a seed of its own; says what it saw, and throws unless every one of `points` was the end of somebody. */
export async function killTwoAtATime(
  t: TestContext,
  child: string,
  kills: number,
  points: readonly string[],
  killAll: (
    script: string,
    dir: string,
    kills: number,
    random: Seeded,
    tally: Tally,
  ) => Promise<void>,
): Promise<Tally> {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-kills-"));
  try {
    const script = await bundled(child, dir);
    const tally = createTally();
    const rows = await Promise.allSettled(
      [1, 2].map(async (seed) => {
        const random = seeded(seed);
        const place = mkdtempSync(join(dir, "row-"));
        await killAll(script, place, kills / 2, random, tally);
      }),
    );
    // The other row is over too, so that nobody works in a folder that is taken away.
    for (const row of rows) if (row.status === "rejected") throw row.reason;
    t.diagnostic(tally.summary);
    assert.equal(tally.kills, kills);
    for (const point of points)
      assert.ok(tally.points.has(point), `nobody was killed at ${point}`);
    return tally;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
