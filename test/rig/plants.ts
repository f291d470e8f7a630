import { readFile } from "node:fs/promises";
import path from "node:path";
import { PLANTS } from "../plants/list.ts";
import type { Plant } from "../plants/plant.ts";
import { planted } from "../plants/plant.ts";
import { each, runTest } from "./planting.ts";
import { inRoot } from "./project.ts";

// Shows that the tests notice bugs: plants each bug of test/plants/list.ts, or those that are named, and expects its test files to fail,
// while all of them pass without a bug. `npm run test:plants -- mail- gate-` runs those whose names begin so. Ends with 1 when one survives.

const began = performance.now();
const named = process.argv.slice(2);
const plants = PLANTS.filter(
  ({ name }) =>
    named.length === 0 || named.some((begin) => name.startsWith(begin)),
);
for (const plant of plants)
  planted(await readFile(inRoot(plant.file), "utf8"), plant);

const files = [...new Set(plants.flatMap(({ tests }) => tests))].sort();
const sick: string[] = [];
await each(files, async (file) => {
  const { code, output } = await runTest(file);
  if (code === 0) return;
  sick.push(file);
  console.log(`${file} fails without any plant:\n${output}`);
});

let killed = 0;
if (plants.length === 0) console.log("No plant is called so.");
else if (sick.length === 0)
  await each(plants, async (plant) => {
    const survived = await survivals(plant);
    if (survived.length === 0) killed += 1;
    for (const why of survived) console.log(why);
  });

const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\nkilled ${String(killed)}/${String(plants.length)} in ${String(seconds)} s`,
);
process.exitCode = killed === plants.length && killed > 0 ? 0 : 1;

/** Plants a bug, tells how its tests noticed it, and returns a sentence for each test file that did not. */
async function survivals(plant: Plant): Promise<readonly string[]> {
  const survived: string[] = [];
  for (const file of plant.tests) {
    const { failed, code, output } = await runTest(file, { plant });
    const [first] = failed;
    if (code !== 0 && first !== undefined) {
      console.log(`killed    ${plant.name}: ${path.basename(file)}: ${first}`);
      continue;
    }
    const how = code === 0 ? "SURVIVED" : "NO TEST FAILED, IT BROKE";
    survived.push(`${how}  ${plant.name} in ${file}. ${plant.breaks}`);
    if (code !== 0) survived.push(output);
  }
  return survived;
}
