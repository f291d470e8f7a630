import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { stirUp } from "./chaos.ts";

test("three hubs in processes of their own, one of them killed and their links cut, lose nothing, say nothing twice, and agree in the end", async (t) => {
  const figures = await stirUp({
    hubs: 3,
    forMs: 5000,
    killEveryMs: 3000,
    cutEveryMs: 800,
    sayEveryMs: 40,
    random: seeded(3),
  });
  t.diagnostic(JSON.stringify(figures));
  assert.ok(figures.kills > 0);
  assert.ok(figures.acknowledged > 0);
});
