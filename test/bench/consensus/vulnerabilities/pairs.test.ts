import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CORE_CLASSES,
  ordinaryPairs,
  partOf,
  vulnerablePairs,
} from "./pairs.ts";

describe("the pairs of published versions", () => {
  const vulnerable = vulnerablePairs();
  const ordinary = ordinaryPairs();

  it("are at least 60 with a vulnerability and 40 without, none twice", () => {
    const steps = vulnerable.map((pair) => `${pair.name}@${pair.vulnerable}`);
    assert.ok(steps.length >= 60);
    assert.equal(new Set(steps).size, steps.length);
    assert.ok(ordinary.length >= 40);
    assert.equal(
      new Set(ordinary.map(({ name }) => name)).size,
      ordinary.length,
    );
  });

  it("are for three quarters of the classes a tool that reads code is expected to know", () => {
    const core = vulnerable.filter((pair) =>
      CORE_CLASSES.some((name) => name === pair.class),
    );
    assert.ok(core.length / vulnerable.length >= 0.75);
    for (const name of CORE_CLASSES)
      assert.ok(core.filter((pair) => pair.class === name).length >= 10, name);
  });

  it("fall into two halves of about the same size, by name alone; fresh ones are apart", () => {
    const old = vulnerable.filter((pair) => partOf(pair) !== "fresh");
    assert.ok(vulnerable.length - old.length >= 20);
    for (const set of [old, ordinary]) {
      const held = set.filter((pair) => partOf(pair) === "heldOut").length;
      assert.ok(held / set.length > 0.4 && held / set.length < 0.6);
    }
    assert.equal(
      partOf({ name: "lodash" }),
      partOf({ name: "lodash", fresh: undefined }),
    );
    assert.equal(partOf({ name: "lodash", fresh: true }), "fresh");
  });

  it("say by a usable pattern where the weakness is", () => {
    for (const { sink, name } of vulnerable)
      assert.doesNotThrow(() => new RegExp(sink, "u"), name);
  });
});
