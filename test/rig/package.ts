import { readFile, stat } from "node:fs/promises";

import { createVSIX } from "@vscode/vsce";

import { build } from "./build.ts";
import { inRoot, root } from "./project.ts";

/** Bytes the packaged extension may have. */
export const vsixBudget = 2_800_000;

/** Builds and packages the extension; returns the path of the .vsix. Throws when it is larger than its budget. */
export async function packageExtension(): Promise<string> {
  await build();
  const { version } = JSON.parse(
    await readFile(inRoot("package.json"), "utf8"),
  ) as { readonly version: string };
  const packagePath = inRoot(`roundtable-${version}.vsix`);
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    // There is no public address yet that links and pictures of the README could point to.
    rewriteRelativeLinks: false,
  });
  const { size } = await stat(packagePath);
  if (size > vsixBudget) {
    throw new Error(
      `${packagePath} has ${String(size)} bytes; the budget is ${String(vsixBudget)}.`,
    );
  }
  return packagePath;
}

if (import.meta.main) {
  try {
    console.log(await packageExtension());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
