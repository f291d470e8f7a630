import assert from "node:assert/strict";
import { test } from "node:test";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import { card, playSample, showConversation } from "./conversation.ts";

test("a mission is replayed from its first event while it waits, and back to now it can be approved", async (t) => {
  const workspace = await makeSampleWorkspace();
  t.after(workspace.remove);
  const vscode = await launchVsCode({
    workspace: workspace.folder,
    extensionDir: root,
  });
  t.after(vscode.close);
  const panel = await showConversation(vscode);
  await playSample(panel);

  await vscode.command("Roundtable: Replay a Mission…");
  const picker = vscode.page.locator(".quick-input-widget");
  await picker.getByText("Replay Which Mission?").waitFor();
  await picker.locator(".monaco-list-row").first().click();
  const slider = panel.getByRole("slider", { name: "Event" });
  await slider.waitFor();
  await slider.focus();
  // It plays from the first event on; wherever it is by now, these two move it.
  await panel.page().keyboard.press("End");
  await panel.page().keyboard.press("Home");
  await panel.getByText(/^Event 1 of \d+/).waitFor();
  // The bar answers at once, the conversation follows.
  await panel.locator("article.said").nth(1).waitFor({ state: "detached" });
  assert.equal(await panel.locator("article.said").count(), 1);
  assert.equal(await card(panel, "Plan, version 1").count(), 0);

  await panel.getByRole("button", { name: "Back to now" }).click();
  await card(panel, "Plan, version 1").waitFor();
  await slider.waitFor({ state: "hidden" });

  await vscode.command("Roundtable: Check the Log");
  await vscode.page
    .getByText(/The log is sound: \d+ events/)
    .first()
    .waitFor();
});
