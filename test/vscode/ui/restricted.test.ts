import assert from "node:assert/strict";
import { test } from "node:test";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";

test("in Restricted Mode the team stays away", async (t) => {
  const workspace = await makeSampleWorkspace();
  t.after(workspace.remove);
  const vscode = await launchVsCode({
    workspace: workspace.folder,
    extensionDir: root,
    trusted: false,
  });
  t.after(vscode.close);
  const { page } = vscode;
  const dontTrust = page.getByRole("button", { name: /don't trust/i });
  const restricted = page.locator(".statusbar-item", {
    hasText: "Restricted Mode",
  });
  await dontTrust.or(restricted).first().waitFor();
  if ((await dontTrust.count()) > 0) await dontTrust.click();
  await restricted.waitFor();

  // The extension is known, and says why it is off.
  await vscode.command("Extensions: Show Installed Extensions");
  const entry = page.locator(".extension-list-item", { hasText: "Roundtable" });
  await entry.waitFor();
  await entry.click();
  await page
    .getByText("Agents run tools on the files of this folder")
    .first()
    .waitFor();

  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget input[type=text]").first();
  await input.fill(">Roundtable: ");
  const rows = page.locator(".quick-input-list .monaco-list-row");
  await rows.first().waitFor();
  for (const title of ["Play the Sample", "Share This Hub", "Connect to a"])
    assert.equal(await rows.filter({ hasText: title }).count(), 0);
});
