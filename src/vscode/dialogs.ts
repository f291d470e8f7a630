import * as vscode from "vscode";
import { RoundtableError } from "../core/errors.ts";

/** The folder to work on: the one that is open, or the one picked of several; undefined when the user backed out. Rejects when none is open. */
export async function pickRoot(): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) => uri.scheme === "file",
  );
  if (folders.length === 0)
    throw new RoundtableError(
      "not-a-repository",
      "No folder is open.",
      "Open a folder with a git repository, or play the sample mission, which brings its own.",
    );
  const folder =
    folders.length === 1
      ? folders[0]
      : await vscode.window.showWorkspaceFolderPick({
          placeHolder: "Which repository shall the team work on?",
        });
  return folder?.uri.fsPath;
}

/** A sentence from the user; undefined when they backed out. */
export function askFor(
  title: string,
  prompt: string,
  placeHolder: string,
): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    placeHolder,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === "" ? "Say it in a sentence." : undefined,
  });
}

/** Lets the user pick where models come from and keeps it in the settings. */
export async function chooseModel(): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "Automatic",
        description: "Claude with your key, else VS Code's models, else none",
        id: "auto",
      },
      { label: "Claude", description: "with your Anthropic key", id: "claude" },
      {
        label: "VS Code's models",
        description: "of an installed model provider",
        id: "vscode",
      },
      { label: "None", description: "reviews on evidence alone", id: "none" },
    ],
    { title: "Where do models come from?" },
  );
  if (picked !== undefined)
    await vscode.workspace
      .getConfiguration("roundtable")
      .update("model", picked.id, vscode.ConfigurationTarget.Global);
}
