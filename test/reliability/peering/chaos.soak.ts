import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { stirUp } from "./chaos.ts";

const CONVERGED_MS = 5000;

test("five hubs that are killed one after the other, with their links cut, hung and slow, lose nothing, say nothing twice, and agree soon after", async () => {
  const figures = await stirUp({
    hubs: 5,
    forMs: 180_000,
    killEveryMs: 30_000,
    cutEveryMs: 4000,
    sayEveryMs: 120,
    random: seeded(5),
  });
  console.log(JSON.stringify(figures));
  assert.ok(figures.kills >= 4);
  assert.ok(
    figures.convergedMs <= CONVERGED_MS,
    `converged after ${String(figures.convergedMs)} ms`,
  );
});
