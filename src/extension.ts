/** Door 1: VS Code's ports in; commands and views out. Nothing is opened here: the app starts with its first use. */
import type { ExtensionContext } from "vscode";
import { openEditor } from "./vscode/openEditor.ts";

let letGo: (() => Promise<void>) | undefined;

/** Called by VS Code once the window is up. */
export function activate(context: ExtensionContext): void {
  letGo = openEditor(context, {
    open: async (options) =>
      (await import("./world.ts")).openRoundtable(options),
    desk: async (storage) => {
      const { openDesk } = await import("./adapters/log/openDesk.ts");
      const { systemClock } = await import("./adapters/clock/systemClock.ts");
      return openDesk(`${storage}/log.db`, systemClock);
    },
    rulesAt: async (root, trees, textLog) => {
      const { openGit } = await import("./adapters/git/openGit.ts");
      const { houseRulesIn } = await import("./adapters/rules/houseRules.ts");
      return houseRulesIn(openGit({ home: trees, textLog }))(root, "HEAD");
    },
    readRules: async (text) =>
      (await import("./adapters/rules/readRules.ts")).readRules(text),
    roles: async (folders) =>
      (await import("./adapters/roles/loadRoles.ts")).loadRoles(folders),
    addresses: async () =>
      (await import("./adapters/net/localAddresses.ts")).localAddresses(),
    makeSample: async (options) =>
      (await import("./world.ts")).makeSample(options),
  });
}

/** Called by VS Code before the window closes or reloads: the log is let go of, so that the next window can have it. */
export async function deactivate(): Promise<void> {
  await letGo?.();
}
