import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { inRoot, runNode } from "./rig/project.ts";

const dist = inRoot("dist");

/** Imports files of the bundle in a Node of their own, where vscode is an empty module; returns what that Node said. */
async function load(files: readonly string[]): Promise<string> {
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({
      resolve: (name, context, next) => name === "vscode"
        ? { url: "data:text/javascript,", shortCircuit: true }
        : next(name, context),
    });
    for (const file of ${JSON.stringify(files.map((file) => pathToFileURL(file).href))}) await import(file);`;
  const args = ["--input-type=module", "--eval", script];
  const { code, output } = await runNode(args, { cwd: dist });
  return code === 0 ? "" : output.slice(-2000);
}

test("every chunk that is loaded later can be loaded", async () => {
  assert.ok(existsSync(dist), "there is no dist/; run npm run build first");
  const chunks = path.join(dist, "chunks");
  const names = (await readdir(chunks)).filter((name) => name !== "cli.js");
  assert.ok(names.length > 0);
  assert.equal(await load(names.map((name) => path.join(chunks, name))), "");
});

test("the command line answers --version with the package's", async () => {
  const cli = path.join(dist, "cli.js");
  const { code, output } = await runNode([cli, "--version"]);
  const manifest = await import("../package.json", { with: { type: "json" } });
  assert.deepEqual(
    { code, output: output.trim() },
    {
      code: 0,
      output: manifest.default.version,
    },
  );
});
