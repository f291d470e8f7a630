import { availableParallelism } from "node:os";

import { build } from "./build.ts";
import { runTestFiles, testFiles, type Counts } from "./nodeTests.ts";
import { runVsCodeTests, showResults } from "./vscodeTests.ts";

interface Part {
  readonly name: string;
  readonly title: string;
  readonly run: () => Promise<Counts>;
}

const browserTests = "test/panel/**/*.test.ts";
const windowTests = "test/vscode/**/*.test.ts";
const killTests = "test/e2e/kill*.test.ts";

const parts: readonly Part[] = [
  {
    name: "node",
    title: "Unit, contract, golden and architecture tests",
    run: async () =>
      runTestFiles(
        await testFiles(
          ["test/**/*.test.ts"],
          [browserTests, windowTests, killTests],
        ),
        // Most of them wait for processes and disks.
        Math.max(2, 2 * availableParallelism()),
      ),
  },
  {
    name: "kills",
    title: "A mission killed at every event",
    // Alone: it starts a process for each of some four hundred deaths.
    run: async () => runTestFiles(await testFiles([killTests], []), 1),
  },
  {
    name: "panel",
    title: "The panel in a browser",
    run: async () => runTestFiles(await testFiles([browserTests], [])),
  },
  {
    name: "host",
    title: "Inside the extension host of a real VS Code",
    run: async () => showResults(await runVsCodeTests()),
  },
  {
    name: "window",
    title: "In the window of a real VS Code",
    run: async () => runTestFiles(await testFiles([windowTests], [])),
  },
];

/** A part that cannot run counts as one failure, and says why. */
async function runPart({ title, run }: Part): Promise<Counts> {
  console.log(`\n== ${title}\n`);
  const started = performance.now();
  try {
    return await run();
  } catch (error) {
    console.log(`This part did not run. ${describe(error)}`);
    return { passed: 0, failed: 1 };
  } finally {
    const seconds = (performance.now() - started) / 1000;
    console.log(`This part took ${seconds.toFixed(0)} s.`);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause === undefined ? "" : `\nBecause: ${describe(error.cause)}`;
  return `${error.message}${cause}`;
}

/** Runs the parts named on the command line, all of them when none is named. Returns the sum of their counts. */
async function test(names: readonly string[]): Promise<Counts> {
  const unknown = names.filter((name) => !parts.some((p) => p.name === name));
  if (unknown.length > 0) {
    const known = parts.map(({ name }) => name).join(", ");
    throw new Error(`There is no part ${unknown.join(", ")}; parts: ${known}.`);
  }
  await build();
  let passed = 0;
  let failed = 0;
  for (const part of parts) {
    if (names.length > 0 && !names.includes(part.name)) continue;
    const counts = await runPart(part);
    passed += counts.passed;
    failed += counts.failed;
  }
  return { passed, failed };
}

const { passed, failed } = await test(process.argv.slice(2)).catch(
  (error: unknown): Counts => {
    console.log(describe(error));
    return { passed: 0, failed: 1 };
  },
);
console.log(`\n${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed === 0 ? 0 : 1;
