import { once } from "node:events";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { glob } from "node:fs/promises";
import path from "node:path";

import { inRoot, root } from "./project.ts";

/** How many tests passed and how many did not. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Names of the test files that `patterns` match and `except` do not, sorted, absolute. */
export async function testFiles(
  patterns: readonly string[],
  except: readonly string[],
): Promise<readonly string[]> {
  const files = await Array.fromAsync(
    glob(patterns, { cwd: root, exclude: except }),
  );
  return files.sort().map((file) => inRoot(file));
}

/**
 * Runs test files, each in a process of its own, `atOnce` at a time, and prints them as they end.
 * A skipped, cancelled or postponed test counts as failed: it did not show what it is there to show.
 */
export async function runTestFiles(
  files: readonly string[],
  atOnce = 2,
): Promise<Counts> {
  if (files.length === 0) throw new Error("There are no test files to run.");
  // The tests start many processes from the same sources, which need to be compiled once only.
  process.env["NODE_COMPILE_CACHE"] ??= inRoot("out", "compile-cache");
  const events = run({
    files: [...files],
    concurrency: atOnce,
    timeout: 1_800_000,
  });
  let counts: Counts | undefined;
  const notRun: string[] = [];
  const durations: { readonly file: string; readonly ms: number }[] = [];
  const note = (event: { name: string; skip?: unknown; todo?: unknown }) => {
    if (event.skip !== undefined || event.todo !== undefined) {
      notRun.push(event.name);
    }
  };
  events.on("test:pass", note);
  events.on("test:summary", ({ counts: seen, duration_ms: ms, file }) => {
    // One summary comes from each file, the one without a file is their sum.
    if (file !== undefined) {
      durations.push({ file: path.relative(root, file), ms });
      return;
    }
    const passed = seen.passed;
    counts = { passed, failed: seen.tests - passed };
  });
  const report = events.pipe(new spec());
  report.pipe(process.stdout, { end: false });
  await once(report, "end");
  for (const name of notRun) console.log(`Counted as failed, not run: ${name}`);
  if (counts === undefined)
    throw new Error("The tests ended without a summary.");
  console.log("Longest:");
  durations.sort((a, b) => b.ms - a.ms);
  for (const { file, ms } of durations.slice(0, 5)) {
    console.log(`${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
  }
  return counts;
}
