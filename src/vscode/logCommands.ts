import * as vscode from "vscode";
import type { LogDesk } from "../ports/logDesk.ts";
import type { Conversation } from "./conversation.ts";
import type { Room } from "./room.ts";

/** What the commands about the log act on. */
interface Parts {
  readonly room: Room;
  readonly conversation: Conversation;
}

const FILES = { "Exported log": ["jsonl"] };

/** Plays a mission again in the panel: the one named, or one picked of all there are, archived and imported ones too. */
export async function replayMission(
  { room, conversation }: Parts,
  named: unknown,
): Promise<void> {
  const missionId =
    typeof named === "string" ? named : await pickAny(room, "Replay");
  if (missionId !== undefined) await conversation.replay(missionId);
}

/** Writes one mission, or all of them, to a file the user picks. */
export async function exportLog({ room }: Parts): Promise<void> {
  const missionId = await pickAny(room, "Export");
  if (missionId === undefined) return;
  const target = await vscode.window.showSaveDialog({
    title: "Export the Log",
    filters: FILES,
    defaultUri: inWorkspace(
      room,
      `${missionId === "" ? "roundtable-log" : missionId}.jsonl`,
    ),
  });
  if (target === undefined) return;
  const { missions, events } = await (
    await room.desk()
  ).exportTo(target.fsPath, missionId === "" ? undefined : missionId);
  told(
    `${many(events, "event")} of ${many(missions, "mission")} written to ${target.fsPath}.`,
  );
}

/** Takes missions of another hub in from a file the user picks. */
export async function importLog({ room, conversation }: Parts): Promise<void> {
  const [source] =
    (await vscode.window.showOpenDialog({
      title: "Import a Log",
      filters: { ...FILES, "Archived mission": ["gz"] },
    })) ?? [];
  if (source === undefined) return;
  const taken = await (await room.desk()).importFrom(source.fsPath);
  const fresh = taken.filter(({ how }) => how !== "here");
  const [first] = taken;
  const picked = await vscode.window.showInformationMessage(
    fresh.length === 0
      ? "All of it is here already; nothing was changed."
      : `${many(fresh.length, "mission")} taken in, to be read and replayed.`,
    ...(first === undefined ? [] : ["Replay"]),
  );
  if (picked === "Replay" && first !== undefined)
    await conversation.replay(first.missionId);
}

/** Checks every hash and link of the log and says what it found. */
export async function checkLog({ room }: Parts): Promise<void> {
  const desk = await room.desk();
  const { events, missions, problems } = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Checking the log…",
    },
    () => desk.check(),
  );
  if (problems.length === 0) {
    told(
      `The log is sound: ${many(events, "event")} of ${many(missions, "mission")}.`,
    );
    return;
  }
  void vscode.window.showErrorMessage(
    `The log is not sound. ${problems.slice(0, 3).join(". ")}. It was not changed; open the workspace again, and what can be read is saved.`,
  );
}

/** Copies the log to a file the user picks, while it is in use. */
export async function backUpLog({ room }: Parts): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: "Back Up the Log",
    filters: { "Roundtable log": ["db"] },
    defaultUri: inWorkspace(room, "roundtable-backup.db"),
  });
  if (target === undefined) return;
  const desk: LogDesk = await room.desk();
  const { events } = await desk.backUp(target.fsPath);
  told(
    `${many(events, "event")} copied to ${target.fsPath}, and the copy checked.`,
  );
}

/** One of all missions there are; empty for all of the log (to export). Undefined when the user backed out, or there is none. */
async function pickAny(
  room: Room,
  verb: "Replay" | "Export",
): Promise<string | undefined> {
  const missions = (await room.app())
    .snapshot(null)
    .missions.map(({ missionId, goal, status, outcome, openedAt }) => ({
      label: goal,
      description: outcome?.kind ?? status,
      detail: new Date(openedAt).toLocaleString(),
      missionId,
    }));
  const shelved =
    verb === "Export"
      ? []
      : (await (await room.desk()).shelved())
          .filter(({ goal }) => goal !== null)
          .map(({ missionId, goal, shelf, openedAt }) => ({
            label: goal ?? "",
            description: shelf === "archive" ? "archived" : "imported",
            detail: new Date(openedAt).toLocaleString(),
            missionId,
          }));
  const all = [...missions, ...shelved.reverse()];
  if (all.length === 0) {
    told("There is no mission yet. Plan a task first.");
    return undefined;
  }
  const everything =
    verb === "Export"
      ? [
          {
            label: "All missions",
            description: `${String(all.length)} in the log`,
            detail: "",
            missionId: "",
          },
        ]
      : [];
  const picked = await vscode.window.showQuickPick([...everything, ...all], {
    title: `${verb} Which Mission?`,
    matchOnDescription: true,
  });
  return picked?.missionId;
}

function inWorkspace(room: Room, name: string): vscode.Uri {
  const root = room.root();
  return root === null
    ? vscode.Uri.file(name)
    : vscode.Uri.joinPath(vscode.Uri.file(root), name);
}

/** Not waited for: a message may stay open for hours. */
function told(message: string): void {
  void vscode.window.showInformationMessage(message);
}

function many(n: number, what: string): string {
  return `${n.toLocaleString()} ${what}${n === 1 ? "" : "s"}`;
}
