import assert from "node:assert/strict";
import { test } from "node:test";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { packageExtension } from "../../rig/package.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";

test("the packaged extension installs and is listed as it will be in the shop window", async (t) => {
  const vsix = await packageExtension();
  const sample = await makeSampleWorkspace();
  t.after(sample.remove);
  const vscode = await launchVsCode({ workspace: sample.folder, vsix });
  t.after(vscode.close);

  await vscode.command("Extensions: Show Installed Extensions");
  const entry = vscode.page.locator(".extension-list-item").filter({
    hasText: "Roundtable",
  });
  await entry.waitFor();
  assert.match(await entry.innerText(), /A local team of agents/);
});
