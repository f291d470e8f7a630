import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { ANALYSES } from "../src/adapters/evidence/analyses.ts";
import type { Answer } from "../src/adapters/evidence/analysisWire.ts";
import { openSandbox } from "../src/adapters/sandbox/openSandbox.ts";
import { inRoot, runNode } from "./rig/project.ts";

const dist = inRoot("dist");

/** The chunk that the bundle loads when a command is to be held. */
async function sandboxChunk(): Promise<string> {
  const chunks = path.join(dist, "chunks");
  for (const name of await readdir(chunks)) {
    const file = path.join(chunks, name);
    if (/ as SandboxManager[,}]/.test(await readFile(file, "utf8"))) {
      return pathToFileURL(file).href;
    }
  }
  throw new Error("No chunk exports the sandbox.");
}

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

test("what writes metrics and what exports traces is loaded by nobody before it is wanted", async () => {
  const chunks = path.join(dist, "chunks");
  const texts = new Map<string, string>();
  for (const name of await readdir(chunks))
    texts.set(name, await readFile(path.join(chunks, name), "utf8"));
  const extension = await readFile(path.join(dist, "extension.js"), "utf8");
  for (const sign of ["text/plain; version=0.0.4", "/v1/traces"]) {
    const [name, ...more] = [...texts.keys()].filter((chunk) =>
      texts.get(chunk)?.includes(sign),
    );
    assert.ok(name !== undefined && more.length === 0, sign);
    for (const text of [...texts.values(), extension])
      for (const how of ["from", "import"])
        for (const folder of ["./", "./chunks/"])
          assert.ok(!text.includes(`${how}"${folder}${name}"`), sign);
  }
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

test("the sandbox's helper is there for both processors, and can be started", async () => {
  for (const arch of ["x64", "arm64"]) {
    const helper = path.join(dist, "vendor/seccomp", arch, "apply-seccomp");
    assert.equal((await stat(helper)).mode & 0o111, 0o111, helper);
  }
});

test("the bundled sandbox holds commands, or says what this machine lacks and nothing about the bundle", async (t) => {
  const warned: string[] = [];
  const sandbox = openSandbox({
    textLog: {
      info: () => undefined,
      warn: (message) => warned.push(message),
      error: () => undefined,
    },
    load: async () =>
      (await import(
        await sandboxChunk()
      )) as typeof import("@anthropic-ai/sandbox-runtime"),
  });
  t.after(() => sandbox.dispose());
  const status = await sandbox.status();
  const { exitCode, sandboxed } = await sandbox.run(
    { argv: ["node", "--version"], cwd: tmpdir(), timeoutMs: 60_000 },
    t.signal,
  );
  assert.deepEqual([exitCode, sandboxed], [0, status.holds]);
  assert.equal(warned.length, status.holds ? 0 : 1);
  if (!status.holds) {
    assert.match(status.why, /Install |user namespaces|operating system/);
  }
});

test("every analysis answers from the bundle, in a process of its own", async () => {
  const child = path.join(dist, "evidence", "analysisChild.js");
  const text = "export const a: RegExp = /^a$/;\n";
  const file = { path: "a.ts", status: "added", after: text };
  const lines = { addedLines: new Set([1]), removedLines: new Set() };
  for (const { name } of ANALYSES) {
    const process = fork(child, { serialization: "advanced" });
    const question = { name, files: [{ ...file, ...lines }], added: [] };
    const answered = once(process, "message") as Promise<[Answer]>;
    process.send({ ...question, cut: false });
    const [answer] = await answered;
    assert.deepEqual(
      answer.ok ? answer.seen.map(({ status }) => status) : answer.message,
      ["PASS"],
      name,
    );
  }
});
