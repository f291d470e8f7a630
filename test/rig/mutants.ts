import { readFile } from "node:fs/promises";
import { MUTANTS } from "../mutants/list.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { namesOf } from "../mutants/mutant.ts";
import { PROPERTIES } from "../mutants/properties.ts";
import { planted } from "../plants/plant.ts";
import { each, runTest } from "./planting.ts";
import { inRoot } from "./project.ts";

// Shows that every property of the protocol has a test that notices when it is broken: breaks it with each mutant of test/mutants/list.ts
// and expects a test of just this property to fail, while all of them pass on the code as it is. One JSON line for each mutant, then how
// many were killed. `npm run test:mutants -- S1 V` takes those whose names begin so. Ends with 1 when one survives, does not apply any
// more, or a property has no mutant.

const began = performance.now();
const named = process.argv.slice(2);
const mutants = MUTANTS.filter(
  ({ name }) =>
    named.length === 0 || named.some((begin) => name.startsWith(begin)),
);
let failures = 0;

const bare = Object.keys(PROPERTIES).filter(
  (id) => !MUTANTS.some(({ property }) => property === id),
);
for (const id of bare) fail(`Property ${id} has no mutant.`);

const files = [...new Set(mutants.flatMap(({ tests }) => tests))];
await each(files, async (file) => {
  const { code, output } = await runTest(file);
  if (code !== 0) fail(`${file} fails without a mutant:\n${output}`);
  for (const id of propertiesIn(file))
    if (!output.includes(`# Subtest: ${id}: `))
      fail(`No test of ${file} is named ${id}.`);
});

let killed = 0;
if (failures === 0)
  await each(mutants, async (one) => {
    const { name, property } = one;
    const why = await survival(one);
    if (why === undefined) killed += 1;
    console.log(
      JSON.stringify({
        mutant: name,
        property,
        killed: why === undefined,
        ...(why === undefined ? {} : { why }),
      }),
    );
  });

const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `killed ${String(killed)}/${String(mutants.length)} in ${String(seconds)} s`,
);
process.exitCode =
  failures === 0 && killed > 0 && killed === mutants.length ? 0 : 1;

function fail(why: string): void {
  failures += 1;
  console.log(why);
}

/** The properties whose tests a file holds. */
function propertiesIn(file: string): readonly string[] {
  return Object.entries(PROPERTIES).flatMap(([id, [, test]]) =>
    test === file ? [id] : [],
  );
}

/** Why a mutant is not killed; undefined when a test of its property failed. */
async function survival(one: Mutant): Promise<string | undefined> {
  try {
    planted(await readFile(inRoot(one.file), "utf8"), one);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { breaks, property, tests } = one;
  for (const file of tests) {
    const { failed, code, output } = await runTest(file, {
      plant: one,
      only: namesOf(property),
    });
    if (code === 0) return `It survived in ${file}: ${breaks}.`;
    if (failed.length === 0)
      return `No test failed, it broke ${file}:\n${output}`;
  }
  return undefined;
}
