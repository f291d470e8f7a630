import assert from "node:assert/strict";

import * as vscode from "vscode";

import { spec } from "./spec.ts";

const { Global } = vscode.ConfigurationTarget;

async function withSetting(
  key: string,
  value: unknown,
  act: () => Promise<void>,
): Promise<void> {
  const config = vscode.workspace.getConfiguration("roundtable");
  await config.update(key, value, Global);
  try {
    await act();
  } finally {
    await config.update(key, undefined, Global);
  }
}

for (const [key, value] of [
  ["budgetUsd", -1],
  ["quorum", "most of them"],
  ["checks", [[]]],
  ["model", "the best"],
] as const) {
  spec(`roundtable.${key} = ${JSON.stringify(value)} is refused`, async () => {
    const uri = vscode.Uri.parse(`roundtable://nobody/Plan.md?plan&${key}`);
    await withSetting(key, value, async () => {
      await assert.rejects(
        async () => vscode.workspace.openTextDocument(uri),
        new RegExp(`The setting roundtable\\.${key}\\S* is not usable: `),
      );
    });
  });
}
