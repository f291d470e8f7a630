/** Door 1: VS Code's ports in; commands and views out. Nothing is opened here: the app starts with its first use. */
import type { ExtensionContext } from "vscode";
import { openEditor } from "./vscode/openEditor.ts";

/** Called by VS Code once the window is up. */
export function activate(context: ExtensionContext): void {
  openEditor(context, {
    open: async (options) =>
      (await import("./world.ts")).openRoundtable(options),
    makeSample: async (options) =>
      (await import("./world.ts")).makeSample(options),
  });
}
