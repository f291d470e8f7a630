import { mkdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { launchVsCode } from "../../rig/launchVsCode.ts";
import { root } from "../../rig/project.ts";
import { makeSampleWorkspace } from "../../rig/sampleWorkspace.ts";
import { pair, picture } from "./twoTables.ts";

/** Folder for pictures of both windows, where somebody wants them. */
const pictures = process.env["ROUNDTABLE_PICTURES"];

test("two people pair their hubs by invitation", async (t) => {
  const tables = await Promise.all(
    ["first", "second"].map(async (name) => {
      const workspace = await makeSampleWorkspace();
      t.after(workspace.remove);
      const vscode = await launchVsCode({
        workspace: workspace.folder,
        extensionDir: root,
      });
      t.after(vscode.close);
      return { name, vscode };
    }),
  );
  const [first, second] = tables.map(({ vscode }) => vscode);
  if (first === undefined || second === undefined) return;
  const shot = async (what: string): Promise<void> => {
    if (pictures === undefined) return;
    await mkdir(pictures, { recursive: true });
    for (const { name, vscode } of tables)
      await picture(vscode.page, path.join(pictures, `${what}-${name}.png`));
  };
  await pair(first, second, shot);
  await shot("paired");
});
