import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import type { Frame, Locator } from "playwright-core";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import {
  approve,
  card,
  showConversation,
  untilAllowing,
} from "./conversation.ts";
import { pair, peersView, picture, tickAndGoOn } from "./twoTables.ts";

/** Folder for pictures of both windows, where somebody wants them. */
const pictures = process.env["ROUNDTABLE_PICTURES"];

/** Rows of the ballots that electors of the other hub cast, or did not. */
function farBallots(shown: Locator): Locator {
  return shown.locator(".ballot", { hasText: "votes from a teammate's hub" });
}

async function decisions(panel: Frame): Promise<void> {
  await panel.getByRole("tab", { name: /^Decisions/ }).click();
}

test("two people pair their hubs by invitation and vote on a plan together; one leaves in the midst of the next vote, and the other decides", async (t) => {
  const tables = await Promise.all(
    ["home", "guest"].map(async (name) => {
      const workspace = await makeSampleWorkspace();
      t.after(workspace.remove);
      const vscode = await launchVsCode({
        workspace: workspace.folder,
        extensionDir: root,
        settings: { "roundtable.model": "rehearsal" },
      });
      t.after(vscode.close);
      return { name, vscode };
    }),
  );
  const [home, guest] = tables.map(({ vscode }) => vscode);
  assert.ok(home !== undefined && guest !== undefined);
  const shot = async (what: string): Promise<void> => {
    if (pictures === undefined) return;
    await mkdir(pictures, { recursive: true });
    for (const { name, vscode } of tables)
      if (!vscode.page.isClosed())
        await picture(vscode.page, path.join(pictures, `${what}-${name}.png`));
  };
  await pair(home, guest, shot);
  await shot("paired");

  const panel = await showConversation(home);
  await panel.getByRole("button", { name: "Play the sample mission" }).click();
  await tickAndGoOn(home, "Teammates at This Table", ["roundtable sample"]);

  const seen = await showConversation(guest);
  await seen.locator(".lede", { hasText: "read only" }).waitFor();
  const asked = card(panel, "Plan, version 1");
  await asked.waitFor({ timeout: 60_000 });
  const cast = (await farBallots(asked).allInnerTexts()).filter((text) =>
    /approves|blocks|abstains/.test(text),
  );
  assert.ok(cast.length >= 4, `the other hub's ballots count: ${cast.join()}`);
  await decisions(seen);
  const told = seen.locator('article.card[aria-label="Plan, version 1"]');
  await told.getByText("Team approves").waitFor();
  assert.equal(await farBallots(told).count(), await farBallots(asked).count());
  assert.equal(
    await seen.getByRole("button", { name: "Approve" }).count(),
    0,
    "who is a guest does not rule",
  );
  await shot("plan");

  await approve(panel, "Plan, version 1");
  await decisions(panel);
  const change = panel.locator('article.card[aria-label^="Change to"]').first();
  await untilAllowing(panel, change.getByText("Voting"));
  await guest.close();
  await untilAllowing(panel, change.getByText("Team blocks"));
  assert.ok(
    (await farBallots(change).filter({ hasText: "absent" }).count()) > 0,
    "somebody of the hub that left is absent",
  );
  const pane = await peersView(home);
  await pane
    .getByRole("treeitem", { name: /away|connecting/ })
    .first()
    .waitFor();
  await shot("alone");
});
