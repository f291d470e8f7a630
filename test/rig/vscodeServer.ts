import path from "node:path";

import { cacheInstall } from "./cacheInstall.ts";
import { runNpm } from "./project.ts";

const version = "4.139.1";

/**
 * Returns the folder of a real VS Code (server, workbench and extension host), installing it from the npm registry the first time.
 * Install scripts are left out: they compile native modules that nothing here uses.
 */
export async function installVsCodeServer(): Promise<string> {
  const folder = await cacheInstall(
    `code-server-${version}`,
    async (target) => {
      process.stderr.write(
        `Installing VS Code for the tests (code-server ${version}, about 600 MB on disk, once)\n`,
      );
      const quick = ["--ignore-scripts", "--no-audit", "--no-fund"];
      await runNpm(["install", `code-server@${version}`, ...quick], target);
      const vscode = path.join(target, inPackage);
      await runNpm(["install", "--omit=dev", ...quick], vscode);
      await runNpm(
        ["install", "--omit=dev", ...quick],
        path.join(vscode, "extensions"),
      );
    },
  );
  return path.join(folder, inPackage);
}

const inPackage = path.join("node_modules", "code-server", "lib", "vscode");
