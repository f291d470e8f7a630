import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { readMcpConfigs } from "../../../src/adapters/mcp/config.ts";

function folderWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): string {
  const root = mkdtempSync(path.join(tmpdir(), "roundtable-mcp-"));
  t.after(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

test("both files are read, the editor's first; comments and trailing commas are fine", async (t) => {
  const root = folderWith(t, {
    ".vscode/mcp.json": `{
      // the shop
      "servers": {
        "shop": { "command": "node", "args": ["\${workspaceFolder}/shop.js", "http://x//y"], "env": { "A": "b" } },
        /* far away */
        "web": { "type": "http", "url": "https://example.org/mcp", "headers": { "K": "v" }, },
      },
    }`,
    ".mcp.json": `{ "mcpServers": { "shop": { "command": "other" }, "more": { "command": "m", "cwd": "sub" } } }`,
  });
  assert.deepEqual(await readMcpConfigs(root), [
    {
      name: "shop",
      kind: "stdio",
      command: "node",
      args: [`${root}/shop.js`, "http://x//y"],
      env: { A: "b" },
      cwd: root,
    },
    {
      name: "web",
      kind: "http",
      url: "https://example.org/mcp",
      headers: { K: "v" },
    },
    {
      name: "more",
      kind: "stdio",
      command: "m",
      args: [],
      env: {},
      cwd: path.join(root, "sub"),
    },
  ]);
});

test("a folder without such files has no servers", async (t) => {
  assert.deepEqual(await readMcpConfigs(folderWith(t, {})), []);
});

test("what makes no sense is a server that cannot be used, with why", async (t) => {
  const root = folderWith(t, {
    ".vscode/mcp.json": JSON.stringify({
      servers: {
        "a/b": { command: "x" },
        nothing: {},
        list: { command: "x", args: "no" },
        file: { url: "file:///etc/passwd" },
        key: { command: "x", env: { KEY: "${env:ANTHROPIC_API_KEY}" } },
        asks: { url: "https://x/${input:token}" },
      },
    }),
    ".mcp.json": "{ not json",
  });
  const configs = await readMcpConfigs(root);
  assert.deepEqual(
    configs.map(({ name, kind }) => [name, kind]),
    ["a/b", "nothing", "list", "file", "key", "asks", ".mcp.json"].map(
      (name) => [name, "unusable"],
    ),
  );
  assert.match(JSON.stringify(configs), /uses \$\{env:ANTHROPIC_API_KEY\}/);
});
