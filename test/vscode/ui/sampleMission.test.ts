import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import {
  approve,
  approveAll,
  card,
  gitLines,
  playSample,
  sampleRepos,
  showConversation,
} from "./conversation.ts";

/** Keeps what the pages of webviews read from messages in `heard` of their window. */
async function recordMessages(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const data = Object.getOwnPropertyDescriptor(
      MessageEvent.prototype,
      "data",
    );
    Object.defineProperty(MessageEvent.prototype, "data", {
      ...data,
      get(this: MessageEvent): unknown {
        const value: unknown = data?.get?.call(this);
        heard.push(JSON.stringify({ value }));
        return value;
      },
    });
  });
}

/** Everything the webviews have been told and show. */
async function knownToWebviews(page: Page): Promise<string> {
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  const texts = await Promise.all(
    frames.map((frame) =>
      frame.evaluate(
        () =>
          ((window as { heard?: string[] }).heard ?? []).join("\n") +
          document.documentElement.outerHTML,
      ),
    ),
  );
  return texts.join("\n");
}

/** What the hubs' discovery files hold. */
async function discovered(
  folder: string,
): Promise<readonly { readonly url: string; readonly token: string }[]> {
  const names = await Array.fromAsync(glob("**/run/*.json", { cwd: folder }));
  const texts = names.map((name) => readFile(path.join(folder, name), "utf8"));
  return (await Promise.all(texts)).map(
    (text) => JSON.parse(text) as { url: string; token: string },
  );
}

test("a newcomer without a key clicks through the sample mission to its merge", async (t) => {
  const workspace = await makeSampleWorkspace();
  t.after(workspace.remove);
  const vscode = await launchVsCode({
    workspace: workspace.folder,
    extensionDir: root,
  });
  t.after(vscode.close);
  const { page } = vscode;
  await recordMessages(page);

  const panel = await showConversation(vscode);
  await panel.getByRole("heading", { name: "A team at your table" }).waitFor();
  await panel.getByText("No model yet").waitFor();
  await playSample(panel);

  const status = page.locator(".statusbar-item", { hasText: "1 for you" });
  await status.waitFor();
  await page
    .locator(".composite-bar .badge-content", { hasText: "1" })
    .waitFor();
  const plan = card(panel, "Plan, version 1");
  assert.match(await plan.innerText(), /Dissent\s+Security/);
  await approve(panel, "Plan, version 1");

  const asked = await approveAll(panel);
  assert.deepEqual(
    asked.filter((title) => !title.endsWith("asks to run a command")),
    ["Plan, version 2", "Change to 5 files"],
  );
  const banner = panel.locator("main .banner");
  assert.match(await banner.innerText(), /Merged into main as/);
  await status.waitFor({ state: "hidden" });

  const [repo, ...others] = await sampleRepos(vscode);
  assert.ok(repo !== undefined && others.length === 0);
  assert.equal(
    (await gitLines(repo, "log", "--merges", "--oneline")).length,
    1,
  );
  assert.equal((await gitLines(repo, "worktree", "list")).length, 1);
  assert.deepEqual(await gitLines(repo, "status", "--porcelain"), []);
  assert.deepEqual(
    await gitLines(workspace.folder, "status", "--porcelain"),
    [],
    "the folder of the window is not touched by the sample",
  );

  await vscode.command("Roundtable: Open the Change");
  const changed = page.locator(".multiDiffEntry .title");
  await changed.filter({ hasText: "order.js" }).first().waitFor();
  await page.getByText("Math.max(0, subtotal(order) - off)").first().waitFor();

  await panel.getByRole("tab", { name: "Path" }).click();
  const built = panel.getByRole("button", {
    name: /^build: Roundtable to Developer · /,
  });
  await built.first().click();
  await panel.locator(".calls", { hasText: "run_check" }).waitFor();

  const hubs = await discovered(vscode.dataDir);
  assert.equal(hubs.length, 1, "one hub listens");
  const known = await knownToWebviews(page);
  assert.ok(known.includes('"type":"snapshot"'), "messages were recorded");
  for (const { token, url } of hubs) {
    assert.ok(token.length > 20);
    assert.ok(!known.includes(token), "the token reaches no page");
    assert.ok(!known.includes(new URL(url).host), "nor does the address");
  }
  assert.deepEqual(await vscode.notifications(), []);
});
