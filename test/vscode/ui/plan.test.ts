import assert from "node:assert/strict";
import { test } from "node:test";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import { card, playSample, showConversation } from "./conversation.ts";

test("a plan is read and approved as a document; a second window on the workspace is told why it has to wait", async (t) => {
  const workspace = await makeSampleWorkspace();
  t.after(workspace.remove);
  const vscode = await launchVsCode({
    workspace: workspace.folder,
    extensionDir: root,
  });
  t.after(vscode.close);
  const { page } = vscode;
  const panel = await showConversation(vscode);
  await playSample(panel);

  const second = await vscode.anotherWindow();
  const other = await showConversation(second);
  await other
    .getByText("go on in the other window, or close it and try again here")
    .waitFor();
  await second.page.close();

  await panel.getByRole("button", { name: "Open as document" }).click();
  const lines = page.locator(".editor-instance .view-lines");
  await lines.getByText("Plan, version 1").waitFor();
  await lines.getByText("The team approves.").waitFor();
  const lenses = page.locator(".codelens-decoration");
  const approve = lenses.getByRole("button", { name: "Approve" });
  await approve.waitFor();
  assert.match(
    (await lenses.first().innerText()).replaceAll(/\s+/g, " "),
    /Approve.*Request Changes….*Reject.*Conversation/,
  );
  await approve.click();
  await card(panel, "Plan, version 1").waitFor({ state: "hidden" });
  await lines.getByText("You approved it.").waitFor();
  await approve.waitFor({ state: "hidden" });
});
