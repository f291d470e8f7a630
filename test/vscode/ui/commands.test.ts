import assert from "node:assert/strict";
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { test, type TestContext } from "node:test";

import type { Page } from "playwright-core";

import { launchVsCode, type VsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import { card, playSample, showConversation } from "./conversation.ts";

async function openSample(
  t: TestContext,
): Promise<{ readonly vscode: VsCode; readonly folder: string }> {
  const { folder, remove } = await makeSampleWorkspace();
  t.after(remove);
  const vscode = await launchVsCode({ workspace: folder, extensionDir: root });
  t.after(vscode.close);
  return { vscode, folder };
}

function toast(page: Page, text: string | RegExp) {
  return page.locator(".notifications-toasts .notification-list-item", {
    hasText: text,
  });
}

function quickInput(page: Page) {
  return page.locator(".quick-input-widget input").first();
}

async function pick(page: Page, label: string): Promise<void> {
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: label })
    .first()
    .click();
}

test("without a key: reviews run on evidence alone, questions say what is missing, a key can be kept and forgotten", async (t) => {
  const { vscode, folder } = await openSample(t);
  const { page, command } = vscode;
  await appendFile(
    path.join(folder, "src", "order.js"),
    '\nexport const key = "AKIAIOSFODNN7EXAMPLE";\n',
  );

  await command("Roundtable: Ask the Team…");
  await quickInput(page).fill("Should prices be whole cents?");
  await page.keyboard.press("Enter");
  const refused = toast(page, "need a model, and none is set up");
  await refused.getByRole("button", { name: "Choose a Model…" }).click();
  await pick(page, "None");

  await command("Roundtable: Set Anthropic API Key…");
  await quickInput(page).fill("short");
  await page.keyboard.press("Enter");
  await page.getByText("at least eight characters").waitFor();
  await quickInput(page).fill("sk-test-0123456789");
  await page.keyboard.press("Enter");
  const bar = page.locator(".statusbar-item");
  await bar.filter({ hasText: "API key stored" }).waitFor();
  await command("Roundtable: Set Anthropic API Key…");
  await quickInput(page).fill("");
  await page.keyboard.press("Enter");
  await bar.filter({ hasText: "API key forgotten" }).waitFor();

  await command("Roundtable: Review My Changes");
  await pick(page, "Working tree");
  const panel = await vscode.frameWith("#page main .banner, #page .asked");
  const allow = panel.getByRole("button", { name: "Allow for this mission" });
  const end = panel.locator("main .banner");
  await allow.or(end).first().waitFor();
  if ((await allow.count()) > 0) await allow.first().click();
  await end.waitFor();
  assert.match(await panel.locator("main").innerText(), /secret/i);

  await command("Roundtable: Show Log");
  await page.locator(".output-view").waitFor();
  await command("Roundtable: Open Walkthrough");
  await page.getByText("Get started with Roundtable").first().waitFor();
});

test("missions are stopped one by one or all at once, and go on after the release", async (t) => {
  const { vscode } = await openSample(t);
  const { page, command } = vscode;
  const panel = await showConversation(vscode);
  await playSample(panel);

  await command("Roundtable: Stop Everything");
  await panel.getByText("Everything is stopped").first().waitFor();
  await toast(page, "Everything is stopped").waitFor();
  await command("Roundtable: Play the Sample Mission");
  const refused = toast(page, "Nothing was started");
  await refused.getByRole("button", { name: "Release the Stop" }).click();
  await command("Roundtable: Resume Mission");
  await card(panel, "Plan, version 1").waitFor();

  await command("Roundtable: Overrule the Team…");
  await toast(page, "there is nothing to overrule").waitFor();
  await command("Roundtable: Request Changes…");
  await quickInput(page).fill("Write the test first.");
  await page.keyboard.press("Enter");
  await card(panel, "Plan, version 1").waitFor({ state: "hidden" });
  await panel.getByText("Write the test first.").first().waitFor();

  await command("Roundtable: Stop Mission");
  await panel.getByText("Nothing more will be done").first().waitFor();
});

test("who looks elsewhere is told once that a decision waits, and can approve from there", async (t) => {
  const { vscode } = await openSample(t);
  const { page, command } = vscode;
  const panel = await showConversation(vscode);
  await panel.getByRole("button", { name: "Play the sample mission" }).click();
  await panel.locator("article, .rail").first().waitFor();
  await command("View: Toggle Secondary Side Bar Visibility");
  const notice = toast(page, "The team approves the plan. Build it?");
  await notice.waitFor();
  assert.equal(await notice.count(), 1);
  await notice.getByRole("button", { name: "Approve", exact: true }).click();
  await notice.waitFor({ state: "hidden" });
  const again = await showConversation(vscode);
  await again.getByText("Approved.").first().waitFor();
});
