import * as vscode from "vscode";

/** Where a workspace's log is. Not VS Code's own storage of the workspace: a second window on the folder would get another one, and a log of its own. */
export async function storageOf(
  context: vscode.ExtensionContext,
  root: string | null,
): Promise<string> {
  const name = root === null ? "no-folder" : await digest(root);
  return vscode.Uri.joinPath(context.globalStorageUri, "workspaces", name)
    .fsPath;
}

/** 128 bits of the SHA-256 of a text, as hex digits. */
async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return [...new Uint8Array(hash, 0, 16)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
