import assert from "node:assert/strict";

import * as vscode from "vscode";

import manifest from "../../package.json" with { type: "json" };
import { spec } from "./spec.ts";

const commands = manifest.contributes.commands.map(({ command }) => command);

spec("every command of the manifest is registered, and no other", async () => {
  const registered = await vscode.commands.getCommands(true);
  const ours = registered.filter(
    (id) => /^roundtable\.[a-zA-Z0-9]+$/.test(id) && !isView(id),
  );
  assert.deepEqual(ours.sort(), [...commands].sort());
});

/** VS Code makes commands of its own for a view, `<view>.focus` and the like; the view's bare id is one of them. */
function isView(id: string): boolean {
  const { roundtable, roundtablePanel } = manifest.contributes.views;
  return [...roundtable, ...roundtablePanel].some((view) => view.id === id);
}

spec("what VS Code takes the settings to be is what the manifest says", () => {
  const config = vscode.workspace.getConfiguration();
  const properties: Readonly<Record<string, { readonly default?: unknown }>> =
    manifest.contributes.configuration.properties;
  for (const [key, { default: wanted }] of Object.entries(properties))
    assert.deepEqual(config.inspect(key)?.defaultValue, wanted, key);
});

spec("the plan's documents are served read-only as Markdown", async () => {
  const uri = vscode.Uri.parse("roundtable://nobody/Plan.md?plan");
  const document = await vscode.workspace.openTextDocument(uri);
  assert.equal(document.languageId, "markdown");
  assert.equal(document.getText(), "There is no plan yet.\n");
});

spec(
  "the hub's status is a read-only document of its own, and its command shows it",
  async () => {
    const uri = vscode.Uri.parse("roundtable://hub/Hub%20Status.md?status");
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, "markdown");
    const text = document.getText();
    assert.match(text, /^# Hub “/);
    assert.match(text, /\| Version \| \d+\.\d+\.\d+ \(A2A 1\.0 and 0\.3\) \|/);
    assert.match(text, /roundtable status --hub FILE/);
    const shown = new Promise<void>((resolve) => {
      const follow = vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
        if (!opened.some(({ label }) => label.includes("Hub Status"))) return;
        follow.dispose();
        resolve();
      });
    });
    await vscode.commands.executeCommand("roundtable.showStatus");
    await shown;
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  },
);
