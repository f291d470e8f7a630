import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { planted } from "../plants/plant.ts";
import { inRoot } from "../rig/project.ts";
import { MUTANTS } from "./list.ts";
import { PROPERTIES } from "./properties.ts";

describe("the mutants", () => {
  it("fit the code as it is, each at one place, under names of their own", async () => {
    for (const mutant of MUTANTS) {
      const source = await readFile(inRoot(mutant.file), "utf8");
      assert.notEqual(planted(source, mutant), source, mutant.name);
    }
    const names = MUTANTS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it("break every property, and each property has tests that carry its id", async () => {
    for (const [id, [, file]] of Object.entries(PROPERTIES)) {
      assert.ok(
        MUTANTS.some(({ property }) => property === id),
        `${id} has no mutant`,
      );
      const tests = await readFile(inRoot(file), "utf8");
      assert.ok(
        tests.includes(`("${id}: `),
        `no test of ${file} is named ${id}`,
      );
    }
  });
});
