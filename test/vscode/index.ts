import { writeFile } from "node:fs/promises";

import { runSpecs } from "./spec.ts";

/** What VS Code calls in its extension host: runs the specs and leaves their report in the file that ROUNDTABLE_SPEC_REPORT names. */
export async function run(): Promise<void> {
  const report = process.env["ROUNDTABLE_SPEC_REPORT"];
  if (report === undefined) {
    throw new Error("ROUNDTABLE_SPEC_REPORT names no file for the report.");
  }
  const results = await runSpecs();
  await writeFile(report, JSON.stringify(results));
  const failed = results.filter((result) => result.error !== undefined).length;
  if (failed > 0) throw new Error(`${String(failed)} specs failed.`);
}
