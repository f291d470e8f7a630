import assert from "node:assert/strict";

import type { Locator, Page } from "playwright-core";

import type { VsCode, VsCodeWindow } from "../../rig/launchVsCode.ts";

/** Keeps a picture of each window, by name. */
export type Shot = (name: string) => Promise<void>;

const patienceMs = 60_000;

/** The box in which commands ask. */
function asked({ page }: VsCodeWindow): Locator {
  return page.locator(".quick-input-widget");
}

/** Waits for the question with this title and gives its box. */
async function question(
  window: VsCodeWindow,
  title: string | RegExp,
): Promise<Locator> {
  const box = asked(window).filter({ hasText: title });
  await box.waitFor({ timeout: patienceMs });
  return box;
}

/** Ticks the entries with these names, leaves the others as they are, and goes on. */
export async function tickAndGoOn(
  window: VsCodeWindow,
  title: string | RegExp,
  names: readonly string[],
): Promise<void> {
  const box = await question(window, title);
  for (const name of names) {
    const row = box.locator(".monaco-list-row", { hasText: name }).first();
    await row.click();
    await row
      .locator("[aria-checked=true]")
      .or(row.locator(".codicon-check"))
      .first()
      .waitFor({ state: "attached" });
  }
  await window.page.keyboard.press("Enter");
}

/** Shares the hub of a window on this machine, with votes, and gives what was copied as the code. */
export async function share(window: VsCodeWindow, shot: Shot): Promise<string> {
  const { page } = window;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await window.command("Roundtable: Share This Hub…");
  await tickAndGoOn(window, "Share This Hub: what may", ["Vote"]);
  await (await question(window, "where does it listen?")).waitFor();
  await page.keyboard.press("Enter");
  await (await question(window, "how long is the invitation good?")).waitFor();
  await page.keyboard.press("Enter");
  const box = await question(window, "Invitation, good once");
  await shot("invitation");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await box.getByText("Code copied").waitFor();
  await page.keyboard.press("Escape");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Takes an invitation in a window, and lets who made it vote here. */
export async function connect(
  window: VsCodeWindow,
  code: string,
): Promise<void> {
  await window.command("Roundtable: Connect to a Teammate's Hub…");
  const box = await question(window, "The link or the code");
  await box.locator("input[type=text]").first().fill(code);
  await window.page.keyboard.press("Enter");
  await tickAndGoOn(window, /What may .* do here/, ["Vote"]);
}

/** The six words that a window asks about. */
export async function wordsIn({ page }: VsCodeWindow): Promise<string> {
  const dialog = page.locator(".monaco-dialog-box", {
    hasText: "Do you both see",
  });
  await dialog.waitFor({ timeout: patienceMs });
  const [, words] =
    /Do you both see: (.+?)\?/s.exec(await dialog.innerText()) ?? [];
  assert.ok(words !== undefined, "the dialog shows words");
  return words.replaceAll(/\s+/g, " ");
}

/** Says that both people see the same words. */
export async function confirm({ page }: VsCodeWindow): Promise<void> {
  await page.getByRole("button", { name: "They Are the Same" }).click();
}

/** The Peers view of a window, brought into sight. */
export async function peersView(window: VsCodeWindow): Promise<Locator> {
  const pane = window.page.locator(".pane", {
    has: window.page.getByRole("button", { name: /^Peers Section/ }),
  });
  if ((await pane.count()) === 0)
    await window.page
      .getByRole("tab", { name: /^Roundtable/ })
      .first()
      .click();
  await pane.waitFor();
  return pane;
}

/** Pairs two windows through their commands and dialogs; resolves when both show the other as connected. */
export async function pair(
  first: VsCode,
  second: VsCode,
  shot: (name: string) => Promise<void>,
): Promise<void> {
  const code = await share(first, shot);
  assert.match(code, /^rt1\./);
  await connect(second, code);
  const [here, there] = await Promise.all([wordsIn(first), wordsIn(second)]);
  assert.equal(here.split(" · ").length, 6);
  assert.equal(here, there, "both people see the same words");
  await shot("words");
  await confirm(first);
  await confirm(second);
  for (const window of [first, second]) {
    const pane = await peersView(window);
    await pane
      .getByRole("treeitem", { name: /connected/ })
      .waitFor({ timeout: patienceMs });
  }
}

/** What a page's tooltips and pointer would hide is moved out of the picture. */
export async function picture(page: Page, file: string): Promise<void> {
  await page.mouse.move(700, 20);
  await page.screenshot({ path: file });
}
