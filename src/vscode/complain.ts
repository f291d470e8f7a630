import * as vscode from "vscode";
import { toProblem, type ErrorCode } from "../core/errors.ts";

const WAYS_OUT: Partial<Record<ErrorCode, readonly [string, string, string?]>> =
  {
    "bad-key": ["Set API Key…", "roundtable.setApiKey"],
    "no-model": ["Choose a Model…", "roundtable.chooseModel"],
    "dirty-checkout": ["Open Source Control", "workbench.view.scm"],
    stopped: ["Release the Stop", "roundtable.release"],
    "bad-settings": [
      "Open Settings",
      "workbench.action.openSettings",
      "roundtable.",
    ],
  };

/** Runs an action for the user; an error becomes a message that says what happened and offers the way out. */
export async function orComplain<T>(
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    await complain(error);
    return undefined;
  }
}

/** Shows an error as a message with what to do next. */
export async function complain(error: unknown): Promise<void> {
  const { code, message, next } = toProblem(error);
  const way = code === "not-a-repository" ? wayToRepository() : WAYS_OUT[code];
  const buttons = [...(way ? [way[0]] : []), "Show Log"];
  // Not awaited to the end by callers that go on: a message may stay open for hours.
  const picked = await vscode.window.showErrorMessage(
    `${message} ${next}`,
    ...buttons,
  );
  if (picked === "Show Log")
    await vscode.commands.executeCommand("roundtable.showLog");
  else if (picked !== undefined && way !== undefined)
    await vscode.commands.executeCommand(way[1], way[2]);
}

function wayToRepository(): readonly [string, string] {
  return vscode.workspace.workspaceFolders === undefined
    ? ["Open Folder…", "vscode.openFolder"]
    : ["Initialise Repository", "git.init"];
}
