import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { listFiles, PackageManager } from "@vscode/vsce";

import { inRoot, root } from "./rig/project.ts";

test("the package holds the files of test/golden/vsix-files.txt and no others", async () => {
  const files = await listFiles({
    cwd: root,
    packageManager: PackageManager.None,
  });
  // Chunks are named after their content; that they are there is what counts.
  const named = files.map((file) =>
    file.replace(/^dist\/(chunks|evidence)\/.*\.js$/, "dist/$1/*.js"),
  );
  const golden = await readFile(inRoot("test/golden/vsix-files.txt"), "utf8");
  assert.deepEqual([...new Set(named)].sort(), golden.trim().split("\n"));
});
