import * as vscode from "vscode";
import type { Room } from "./room.ts";

/** Opens a file of the repository that the mission is about, for the page; a path that leads out of it is left alone. */
export async function openFile(
  room: Room,
  missionId: string | null,
  path: string,
  line: number,
): Promise<void> {
  const app = await room.app();
  const mission = missionId === null ? null : app.detail(missionId);
  // A teammate's mission is about files of theirs; those of that name here are the nearest.
  const root =
    mission === null || mission.sharedBy !== undefined
      ? room.root()
      : mission.repoRoot;
  if (root === null || path.split(/[\\/]/).includes("..")) return;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, {
    selection: new vscode.Range(at, at),
    preview: true,
  });
}
