import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openWorkspace } from "../../src/adapters/workspace/openWorkspace.ts";
import { workspaceContract } from "./workspace.ts";

workspaceContract("in the file system", (files, writable) => {
  const root = mkdtempSync(join(tmpdir(), "roundtable-files-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return Promise.resolve({
    ...openWorkspace(root, { writable }),
    [Symbol.asyncDispose]: () => {
      rmSync(root, { recursive: true });
      return Promise.resolve();
    },
  });
});
