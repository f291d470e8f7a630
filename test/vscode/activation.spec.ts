import assert from "node:assert/strict";

import * as vscode from "vscode";

import { spec } from "./spec.ts";

spec("the extension activates", async () => {
  const extension = vscode.extensions.getExtension("roundtable.roundtable");
  assert.ok(extension, "VS Code does not list the extension");
  await extension.activate();
  assert.equal(extension.isActive, true);
});

spec("activation opens no listener: the hub starts with its first use", () => {
  const open = process.getActiveResourcesInfo();
  assert.equal(open.filter((kind) => kind === "TCPServerWrap").length, 0);
});
