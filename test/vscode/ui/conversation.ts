import { execFile } from "node:child_process";
import { glob } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import type { Frame, Locator } from "playwright-core";

import type { VsCode, VsCodeWindow } from "../../rig/launchVsCode.ts";

const patienceMs = 120_000;

/** Brings the conversation to the front and returns its page. */
export async function showConversation(window: VsCodeWindow): Promise<Frame> {
  await window.command("Roundtable: Show Conversation");
  return window.frameWith("#page header.top", 60_000);
}

/** The sample mission, started from the welcome page; resolves when the team asks what to do with its plan. */
export async function playSample(panel: Frame): Promise<void> {
  await panel.getByRole("button", { name: "Play the sample mission" }).click();
  await card(panel, "Plan, version 1").waitFor({ timeout: patienceMs });
}

/** The card that asks under this title. */
export function card(panel: Frame, title: string): Locator {
  return panel.locator(`article.asked[aria-label="${title}"]`);
}

/** Approves and allows whatever the team asks, as a trusting user would, until the mission has ended; returns what was asked, in order. */
export async function approveAll(panel: Frame): Promise<readonly string[]> {
  const asked: string[] = [];
  for (;;) {
    const title = await nextQuestion(panel);
    if (title === undefined) return asked;
    asked.push(title);
    await approve(panel, title);
  }
}

/** Presses *Approve*, or *Allow for this mission*, on the card of this title and waits until it was taken. */
export async function approve(panel: Frame, title: string): Promise<void> {
  const asks = card(panel, title).first();
  await asks
    .getByRole("button", { name: /^(Approve|Allow for this mission)$/ })
    .click();
  await asks.locator("button:enabled").first().waitFor({ state: "hidden" });
}

/** Waits for something on the page, allowing the commands that agents ask for meanwhile. */
export async function untilAllowing(
  panel: Frame,
  wanted: Locator,
): Promise<void> {
  const allow = panel.getByRole("button", { name: "Allow for this mission" });
  for (;;) {
    await wanted.or(allow).first().waitFor({ timeout: 60_000 });
    if ((await wanted.count()) > 0) return;
    await allow.first().click();
    await allow.first().waitFor({ state: "hidden" });
  }
}

/** Title of the next card that can be answered; undefined when the mission has ended instead. */
async function nextQuestion(panel: Frame): Promise<string | undefined> {
  const open = panel
    .locator("article.asked")
    .filter({ has: panel.locator("footer button.primary:enabled") });
  const end = panel.locator("main .banner");
  await open.or(end).first().waitFor({ timeout: patienceMs });
  if ((await end.count()) > 0) return undefined;
  return (await open.first().getAttribute("aria-label")) ?? "";
}

/** Folders of the sample repositories that this VS Code has made. */
export async function sampleRepos({
  dataDir,
}: VsCode): Promise<readonly string[]> {
  const found = await Array.fromAsync(
    glob("**/samples/*/tea-shop", { cwd: dataDir }),
  );
  return found.map((folder) => path.join(dataDir, folder));
}

/** What git says, one entry per line. */
export async function gitLines(
  cwd: string,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("git", args, { cwd });
  return stdout.split("\n").filter((line) => line !== "");
}
