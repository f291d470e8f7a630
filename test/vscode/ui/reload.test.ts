import assert from "node:assert/strict";
import { test } from "node:test";

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

test("a mission goes on where it was when the window is reloaded, and merges once", async (t) => {
  const workspace = await makeSampleWorkspace();
  t.after(workspace.remove);
  const vscode = await launchVsCode({
    workspace: workspace.folder,
    extensionDir: root,
  });
  t.after(vscode.close);
  await playSample(await showConversation(vscode));

  // While the human is asked.
  await vscode.reload();
  const again = await showConversation(vscode);
  await card(again, "Plan, version 1").waitFor();
  await approve(again, "Plan, version 1");

  // While the team builds.
  await again.locator("main").getByText("Running").first().waitFor();
  await vscode.reload();
  const panel = await showConversation(vscode);
  const asked = await approveAll(panel);

  assert.ok(!asked.includes("Plan, version 1"), "nothing is asked twice");
  assert.equal(asked.at(-1), "Change to 5 files");
  const banner = panel.locator("main .banner");
  assert.match(await banner.innerText(), /Merged into main as/);
  const [repo = "", ...others] = await sampleRepos(vscode);
  assert.deepEqual(others, []);
  assert.equal(
    (await gitLines(repo, "log", "--merges", "--oneline")).length,
    1,
  );
  assert.equal((await gitLines(repo, "worktree", "list")).length, 1);
});
