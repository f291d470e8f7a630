import { existsSync } from "node:fs";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { build as bundle } from "esbuild";

import type { SpecResult } from "../vscode/spec.ts";
import { launchVsCode } from "./launchVsCode.ts";
import type { Counts } from "./nodeTests.ts";
import { inRoot, root } from "./project.ts";
import { makeSampleWorkspace } from "./sampleWorkspace.ts";

/** What to run the specs on; by default this repository's extension on a sample workspace. */
export interface VsCodeTests {
  readonly extensionDir?: string;
  readonly workspace?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Name of the environment variable that tells the specs where their report goes. */
export const reportVariable = "ROUNDTABLE_SPEC_REPORT";

/** Bundles test/vscode/*.spec.ts for the extension host and returns the path of the bundle. */
export async function bundleVsCodeTests(): Promise<string> {
  const specs = await Array.fromAsync(
    glob("test/vscode/*.spec.ts", { cwd: root }),
  );
  const imports = specs
    .sort()
    .map((file) => `import "./${path.basename(file)}";\n`);
  const outfile = inRoot("out", "vscode-tests", "index.cjs");
  await bundle({
    stdin: {
      contents: `${imports.join("")}export { run } from "./index.ts";\n`,
      resolveDir: inRoot("test", "vscode"),
      loader: "ts",
    },
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
    sourcemap: "inline",
    logLevel: "warning",
  });
  return outfile;
}

/** Runs the specs of test/vscode in the extension host of a real VS Code. Throws, with the server's log, when there is no report of them. */
export async function runVsCodeTests(
  tests: VsCodeTests = {},
): Promise<readonly SpecResult[]> {
  const testsPath = await bundleVsCodeTests();
  const scratch = await mkdtemp(path.join(tmpdir(), "roundtable-specs-"));
  const report = path.join(scratch, "report.json");
  const sample =
    tests.workspace === undefined ? await makeSampleWorkspace() : undefined;
  try {
    const vscode = await launchVsCode({
      workspace: tests.workspace ?? sample?.folder ?? scratch,
      extensionDir: tests.extensionDir ?? root,
      testsPath,
      settings: tests.settings ?? {},
      env: { [reportVariable]: report },
    });
    try {
      await vscode.printed(/Extension Host Process exited with code/, 300_000);
      return await readReport(report, vscode.serverLog);
    } finally {
      await vscode.close();
    }
  } finally {
    await sample?.remove();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Reads the report of a run, or throws saying that there is none, which is a failure and never a pass. */
export async function readReport(
  report: string,
  log: () => string,
): Promise<readonly SpecResult[]> {
  if (!existsSync(report)) {
    throw new Error(
      `The tests in VS Code left no report. The end of its log:\n${log().slice(-3000)}`,
    );
  }
  return JSON.parse(await readFile(report, "utf8")) as readonly SpecResult[];
}

/** Prints the results and counts them. Throws when there are none. */
export function showResults(results: readonly SpecResult[]): Counts {
  if (results.length === 0) throw new Error("VS Code ran no specs.");
  for (const { name, ms, error } of results) {
    console.log(`${error === undefined ? "✔" : "✖"} ${name} (${String(ms)}ms)`);
    if (error !== undefined) console.log(error.replaceAll(/^/gm, "  "));
  }
  const failed = results.filter(({ error }) => error !== undefined).length;
  return { passed: results.length - failed, failed };
}
