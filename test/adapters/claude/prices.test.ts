import assert from "node:assert/strict";
import { test } from "node:test";
import {
  costOf,
  mostOf,
  priceOf,
} from "../../../src/adapters/claude/prices.ts";

const usage = {
  inputTokens: 1_000,
  outputTokens: 2_000,
  cacheReadTokens: 60_000,
  cacheWriteTokens: 500,
};

test("a turn costs what its tokens cost, cached ones at their own price", () => {
  // 1,000 × 4 + 2,000 × 20 + 60,000 × 0.2 + 500 × 5 dollars per million.
  assert.equal(
    costOf("claude-opus-5-5", usage),
    4_000 + 40_000 + 12_000 + 2_500,
  );
});

test("a newer model of a family costs what the family costs", () => {
  assert.deepEqual(priceOf("claude-opus-6", 0), priceOf("claude-opus-5-5", 0));
});

test("what is not in the table costs what the dearest row says", () => {
  const dearest = priceOf("claude-fable-5-1", 0);
  for (const model of [
    "claude-opus-4-20250514",
    "claude-haiku-4-5-20251001",
    "gpt-9",
    "claude-mythos-5-2",
  ])
    assert.deepEqual(priceOf(model, 0), dearest, model);
  for (const model of [
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
  ])
    assert.ok(priceOf(model, 0).output <= dearest.output);
});

test("a long prompt of a model with a long-prompt price costs that price", () => {
  assert.equal(priceOf("claude-haiku-5-5", 99_999).input, 100_000);
  assert.equal(priceOf("claude-haiku-5-5", 100_000).input, 500_000);
});

test("the worst case is never below what a turn within it costs", () => {
  for (const model of ["claude-opus-5-5", "claude-haiku-5-5", "unknown"])
    assert.ok(mostOf(model, 61_500, 2_000) >= costOf(model, usage));
});

test("a rehearsal costs nothing", () => {
  assert.equal(costOf("rehearsal-strong", usage), 0);
});
