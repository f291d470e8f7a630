import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { launchVsCode, type VsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeReviewRepo } from "./reviewRepo.ts";

const patienceMs = 120_000;

/** The unfolded thread under this title. */
function thread(page: Page, title: RegExp): Locator {
  return page.locator(".review-widget", { hasText: title }).first();
}

/** A row of the Comments view, or of the Problems view: what it says, and its line. */
function row(page: Page, panel: "comments" | "markers", text: RegExp): Locator {
  return page
    .locator(`.${panel}-panel .monaco-list-row`)
    .filter({ hasText: text })
    .first();
}

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+P");
  await page.locator(".quick-input-widget input").first().fill(name);
  await choose(page, name);
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
}

async function choose(page: Page, label: string): Promise<void> {
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: label })
    .first()
    .click();
}

/** Sets which findings are problems, as a person would in the settings. */
async function list(
  { dataDir }: VsCode,
  which: "off" | "grave" | "all",
): Promise<void> {
  const file = path.join(dataDir, "data", "Machine", "settings.json");
  const settings = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(
    file,
    JSON.stringify({ ...settings, "roundtable.diagnostics": which }),
  );
}

test("findings are threads and problems: one is dismissed, one fixed, one questioned; a second review follows the lines and closes what is gone; a reload brings them back", async (t) => {
  const repo = await makeReviewRepo();
  t.after(repo.remove);
  const vscode = await launchVsCode({
    workspace: repo.folder,
    extensionDir: root,
    settings: { "comments.openView": "never", "files.autoSave": "off" },
    // High enough for every thread to be in sight.
    viewport: { width: 1280, height: 1600 },
  });
  t.after(vscode.close);
  const { page, command } = vscode;

  await openFile(page, "reports.js");
  await command("Roundtable: Review My Changes");
  await choose(page, "Working tree");
  const shell = thread(page, /High · command-injection · blocks the change/);
  await shell
    .getByText("Confirmed by codeSecurity.")
    .waitFor({ timeout: patienceMs });
  const evals = thread(page, /code-injection · blocks/);
  await evals.waitFor();

  await command("Problems: Focus on Problems View");
  await row(page, "markers", /code-injection.*Ln 9/).waitFor();
  const insecure = row(
    page,
    "markers",
    /TLS certificates are not checked.*Ln 5/,
  );
  assert.equal(await insecure.count(), 0);
  const untested = row(page, "markers", /no test/);
  assert.equal(await untested.count(), 0);
  await list(vscode, "all");
  await untested.waitFor();
  await insecure.waitFor();
  await list(vscode, "off");
  await row(page, "markers", /Roundtable/).waitFor({ state: "detached" });

  await evals
    .getByRole("button", { name: /Dismiss with Reason/ })
    .first()
    .click();
  await choose(page, "Won't fix");
  const input = page.locator(".quick-input-widget input").first();
  await page.getByText("later reviews of the same show it").waitFor();
  await input.fill("Only the owner types formulas.");
  await page.keyboard.press("Enter");
  await command("Comments: Focus on Comments View");
  await row(page, "comments", /code-injection|eval\(formula\)/).waitFor();

  await shell.locator(".review-thread-reply-button").click();
  await shell.locator(".monaco-editor").first().click();
  await page.keyboard.type("Is it reachable?");
  await shell.getByRole("button", { name: /^Ask Why \(/ }).click();
  await shell.getByText("This is what the record says").waitFor();
  await shell.getByText("Is it reachable?").waitFor();

  await openFile(page, "fetch.py");
  // Folded, since it is no grave one; the Comments view leads to it.
  await row(page, "comments", /TLS certificates are not checked/).click();
  const tls = thread(page, /TLS certificates are not checked/);
  await tls.getByRole("button", { name: "Apply Fix" }).first().click();
  await page.locator(".view-line", { hasText: "verify=True" }).waitFor();
  const unsaved = page.locator(".tab.active.dirty");
  await unsaved.waitFor();
  await command("File: Save");
  await unsaved.waitFor({ state: "detached" });
  assert.match(
    await readFile(path.join(repo.folder, "tools", "fetch.py"), "utf8"),
    /timeout=5, verify=True\)/,
  );

  const file = path.join(repo.folder, "src", "reports.js");
  await writeFile(file, `// Reports.\n\n${await readFile(file, "utf8")}`);
  await row(page, "comments", /reaches a shell.*Ln 7/).waitFor();
  await command("Roundtable: Review Again");
  const panel = await vscode.frameWith("#page header.top", 60_000);
  await panel
    .getByText(/Of the findings of the review before:/)
    .waitFor({ timeout: patienceMs });
  await vscode.reload();
  await openFile(page, "reports.js");
  await thread(page, /command-injection · blocks/).waitFor({
    timeout: patienceMs,
  });
  await thread(page, /command-injection/)
    .getByText("Is it reachable?")
    .waitFor();
});
