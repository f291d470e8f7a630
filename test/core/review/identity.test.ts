import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { findingIds } from "../../../src/core/review/identity.ts";
import type { Finding } from "../../../src/protocol/consensus.ts";

const finding = (over: Partial<Finding> = {}): Finding => ({
  path: "src/a.js",
  line: 10,
  claim: "The shell runs what the caller sends",
  severity: "high",
  ...over,
});

const id = (over: Partial<Finding> = {}, review = "m"): string =>
  findingIds(review, [finding(over)])[0] ?? "";

test("a finding keeps its id when lines above it come and go, and when its severity is judged anew", () => {
  assert.equal(id({ line: 99 }), id());
  assert.equal(id({ severity: "low" }), id());
  assert.equal(
    id({ claim: "the shell runs, on line 12, what the caller sends." }),
    id({ claim: "The shell runs on line 40 what the caller sends" }),
  );
});

test("another file, rule, claim or review gives another id", () => {
  const ids = [
    id(),
    id({ path: "src/b.js" }),
    id({ rule: "command-injection" }),
    id({ claim: "The query is built of strings" }),
    id({}, "other"),
  ];
  assert.equal(new Set(ids).size, ids.length);
});

test("the same claim twice in one file gives two ids, by line", () => {
  const [lower, upper] = findingIds("m", [
    finding({ line: 30 }),
    finding({ line: 4 }),
  ]);
  assert.equal(upper, id());
  assert.equal(lower, `${id()}-2`);
});

test("ids do not depend on the order of the findings, and no two are alike", () => {
  const findings = fc.array(
    fc.record({
      path: fc.constantFrom("a.js", "b.js"),
      line: fc.integer({ min: 0, max: 5 }),
      claim: fc.constantFrom("leaks", "races", "leaks 1"),
      severity: fc.constantFrom("low" as const, "high" as const),
      rule: fc.constantFrom("r1", "r2"),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(findings, fc.infiniteStream(fc.nat()), (some, chance) => {
      const ids = findingIds("m", some);
      assert.equal(new Set(ids).size, some.length);
      const order = some
        .map((_, index) => ({ index, by: chance.next().value as number }))
        .toSorted((a, b) => a.by - b.by)
        .map(({ index }) => index);
      const again = findingIds(
        "m",
        order.flatMap((index) => some[index] ?? []),
      );
      const named = (names: readonly string[], at: readonly number[]) =>
        names
          .map((name, index) => JSON.stringify([name, some[at[index] ?? 0]]))
          .toSorted();
      assert.deepEqual(
        named(again, order),
        named(
          ids,
          some.map((_, index) => index),
        ),
      );
    }),
  );
});
