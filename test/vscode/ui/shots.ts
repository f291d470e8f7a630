// Pictures of the sample mission in a real VS Code, alone and with a teammate, for the README: node test/vscode/ui/shots.ts [light|dark|hc]
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { build } from "../../rig/build.ts";
import { launchVsCode, type VsCode } from "../../rig/launchVsCode.ts";
import { inRoot, root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import { pair, peersView, tickAndGoOn } from "./twoTables.ts";
import { smallPng } from "./smallPng.ts";
import {
  approve,
  approveAll,
  card,
  playSample,
  showConversation,
  untilAllowing,
} from "./conversation.ts";

const themes: Readonly<Record<string, string>> = {
  light: "Default Light Modern",
  dark: "Default Dark Modern",
  hc: "Default High Contrast",
};
const folder = inRoot("docs", "images");

await build();
await mkdir(folder, { recursive: true });
for (const name of process.argv[2] === undefined
  ? Object.keys(themes)
  : [process.argv[2]])
  await shoot(name);

async function shoot(theme: string): Promise<void> {
  const vscode = await openTable("tea-shop", theme);
  try {
    await shootMission(vscode, (name) => keep(vscode, `${name}-${theme}`));
  } finally {
    await vscode.close();
  }
  const both = [
    await openTable("tea-shop", theme),
    await openTable("lins-tea-shop", theme),
  ] as const;
  try {
    await shootPeers(...both, (name, from) => keep(from, `${name}-${theme}`));
  } finally {
    for (const one of both) await one.close();
  }
}

/** A window on the sample in a folder of this name: its temporary one would stand in the title. */
async function openTable(name: string, theme: string): Promise<VsCode> {
  const sample = await makeSampleWorkspace();
  const parent = await mkdtemp(path.join(tmpdir(), "roundtable-shots-"));
  const workspace = path.join(parent, name);
  await rename(sample.folder, workspace);
  const vscode = await launchVsCode({
    workspace,
    extensionDir: root,
    viewport: { width: 1400, height: 900 },
    settings: {
      "workbench.colorTheme": themes[theme],
      "editor.minimap.enabled": false,
      "chat.disableAIFeatures": true,
      "roundtable.model": name === "tea-shop" ? "auto" : "rehearsal",
    },
  });
  const close = async (): Promise<void> => {
    await vscode.close();
    await rm(parent, { recursive: true, force: true });
  };
  return { ...vscode, close };
}

async function keep({ page }: VsCode, name: string): Promise<void> {
  // Neither the pointer nor a tooltip belongs into the picture.
  await page.mouse.move(700, 20);
  const file = path.join(folder, `${name}.png`);
  const small = smallPng(await page.screenshot());
  await writeFile(file, small);
  console.log(`${file}  ${String(Math.round(small.length / 1000))} KB`);
}

async function shootPeers(
  home: VsCode,
  guest: VsCode,
  shot: (name: string, from: VsCode) => Promise<void>,
): Promise<void> {
  await pair(home, guest, (name) =>
    name === "words" ? shot("pairing", guest) : Promise.resolve(),
  );
  const panel = await showConversation(home);
  await widen(home, 480);
  await panel.getByRole("button", { name: "Play the sample mission" }).click();
  await tickAndGoOn(home, "Teammates at This Table", ["lins-tea-shop"]);
  await card(panel, "Plan, version 1").waitFor({ timeout: 60_000 });
  const pane = await peersView(home);
  await pane.getByRole("treeitem", { name: /connected/ }).click();
  await home.command("Notifications: Clear All Notifications");
  await shot("peers", home);
}

async function shootMission(
  vscode: VsCode,
  shot: (name: string) => Promise<void>,
): Promise<void> {
  const { page } = vscode;
  await page.getByRole("treeitem", { name: "src" }).click();
  await page.getByRole("treeitem", { name: "order.js" }).dblclick();
  await page.locator(".view-line", { hasText: "subtotal" }).first().waitFor();
  const panel = await showConversation(vscode);
  await panel.getByText("No model yet").waitFor();
  await widen(vscode, 480);
  await shot("welcome");

  await playSample(panel);
  await page
    .getByRole("tab", { name: /^Roundtable/ })
    .first()
    .click();
  await page.getByRole("treeitem", { name: /^Security/ }).waitFor();
  await panel.getByRole("button", { name: "Open as document" }).click();
  await page.locator(".codelens-decoration", { hasText: "Approve" }).waitFor();
  await shot("plan");

  await approve(panel, "Plan, version 1");
  await untilAllowing(panel, panel.getByText("The team blocks the change."));
  await shot("conversation");

  await untilAllowing(panel, card(panel, "Plan, version 2"));
  await approve(panel, "Plan, version 2");
  await untilAllowing(panel, card(panel, "Change to 5 files"));
  await vscode.command("Roundtable: Open the Change");
  await page.getByText("Math.max(0, subtotal(order) - off)").first().waitFor();
  await shot("decision");

  await approveAll(panel);
  await shot("finished");
}

/** Drags the edge of the secondary side bar until it is about `width` wide. */
async function widen({ page }: VsCode, width: number): Promise<void> {
  const box = await page.locator(".part.auxiliarybar").boundingBox();
  if (box === null) throw new Error("The secondary side bar is not shown.");
  await page.mouse.move(box.x - 2, 450);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - width, 450, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(700, 20);
  // The edge glows for a moment.
  await page.evaluate(async () => {
    const fading = document
      .getAnimations()
      .filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(fading.map(({ finished }) => finished));
  });
}
