import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { test } from "node:test";

import { importsOf } from "./rig/imports.ts";
import { offences } from "./rig/importTable.ts";
import { root } from "./rig/project.ts";

const lineLimit = 300;

interface Source {
  readonly file: string;
  readonly text: string;
}

async function sources(): Promise<readonly Source[]> {
  const files = await Array.fromAsync(
    glob("src/**/*.{ts,mts,js}", { cwd: root }),
  );
  return Promise.all(
    files.sort().map(async (file) => ({
      file: file.replaceAll("\\", "/"),
      text: await readFile(`${root}/${file}`, "utf8"),
    })),
  );
}

/** Lines that say something to the compiler: blank lines and comments are free. */
function linesOfCode(text: string): number {
  return text
    .replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, "")
    .split("\n")
    .filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

function offencesOf(file: string, source: string): readonly string[] {
  return offences(importsOf(file, source));
}

test("every room imports only what the table lets it import", async () => {
  const all = await sources();
  assert.ok(all.length > 0, "no source files found");
  assert.deepEqual(
    all.flatMap(({ file, text }) => offencesOf(file, text)),
    [],
  );
});

test("no source file has more than 300 lines of code", async () => {
  const long = (await sources())
    .map(({ file, text }) => ({ file, lines: linesOfCode(text) }))
    .filter(({ lines }) => lines > lineLimit);
  assert.deepEqual(long, []);
});

test("extension.ts stays under 60 lines", async () => {
  const text = await readFile(`${root}/src/extension.ts`, "utf8");
  assert.ok(text.trimEnd().split("\n").length < 60);
});

const offending: Readonly<Record<string, readonly [string, string]>> = {
  "an adapter that imports another": [
    "src/adapters/git/worktrees.ts",
    'import { openLog } from "../log/open.ts";',
  ],
  "an adapter without a table entry that imports another": [
    "src/adapters/evidence/run.ts",
    'import { openLog } from "../log/open.ts";',
  ],
  "an adapter that uses another's library": [
    "src/adapters/log/open.ts",
    'import { simpleGit } from "simple-git";',
  ],
  "a room that reaches VS Code": [
    "src/hub/server.ts",
    'import * as vscode from "vscode";',
  ],
  "core that reads the clock from Node": [
    "src/core/clock.ts",
    'import { performance } from "node:perf_hooks";',
  ],
  "a type import": [
    "src/mission/run.ts",
    'import type { Hub } from "../hub/server.ts";',
  ],
  "an export from": ["src/core/json.ts", 'export { z } from "zod";'],
  "a dynamic import": [
    "src/agents/pool.ts",
    'const sdk = await import("@anthropic-ai/sdk");',
  ],
  "an import inside a type": [
    "src/ports.ts",
    'type Socket = import("ws").WebSocket;',
  ],
  "a panel that knows the host's words": [
    "src/panel/main.ts",
    'import { hello } from "../protocol/hub.ts";',
  ],
  "VS Code code that builds the app": [
    "src/vscode/commands.ts",
    'import { createApp } from "../app.ts";',
  ],
  "a file in no room": ["src/utils/misc.ts", 'import "../core/json.ts";'],
};

for (const [what, [file, source]] of Object.entries(offending)) {
  test(`the table reports ${what}`, () => {
    assert.equal(offencesOf(file, source).length, 1);
  });
}

test("the table lets VS Code code name the app's types and an adapter its own files", () => {
  assert.deepEqual(
    [
      ...offencesOf("src/vscode/a.ts", 'import type { App } from "../app.ts";'),
      ...offencesOf(
        "src/adapters/evidence/a.ts",
        'import { b } from "./b.ts";',
      ),
      ...offencesOf("src/panel/a.ts", 'import { html } from "lit/html.js";'),
    ],
    [],
  );
});

test("lines of code leave out comments and blank lines", () => {
  assert.equal(linesOfCode("/** a\n * b */\n\nlet x;\n// c\nlet y; // d\n"), 2);
});
