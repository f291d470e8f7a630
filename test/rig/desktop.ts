import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { runTests } from "@vscode/test-electron";

import { build } from "./build.ts";
import { cacheFolder, root } from "./project.ts";
import { makeSampleWorkspace } from "./sampleWorkspace.ts";
import {
  bundleVsCodeTests,
  readReport,
  reportVariable,
  showResults,
} from "./vscodeTests.ts";

// The specs of test/vscode in desktop VS Code, which @vscode/test-electron downloads. Linux needs a display (or xvfb-run).
await build();
const scratch = await mkdtemp(path.join(tmpdir(), "roundtable-specs-"));
const report = path.join(scratch, "report.json");
const sample = await makeSampleWorkspace();
try {
  const ended = await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: await bundleVsCodeTests(),
    extensionTestsEnv: { [reportVariable]: report },
    cachePath: cacheFolder,
    launchArgs: [sample.folder, "--disable-workspace-trust"],
  }).then(
    () => "",
    (error: unknown) =>
      `${String(error)}\nDesktop VS Code is downloaded from update.code.visualstudio.com and needs a display.`,
  );
  const { failed } = showResults(await readReport(report, () => ended));
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await sample.remove();
  await rm(scratch, { recursive: true, force: true });
}
