import * as vscode from "vscode";
import type { MissionDetail } from "../protocol/panel.ts";
import type { Conversation } from "./conversation.ts";
import type { Room } from "./room.ts";

/** Which missions a command is for, and what to say when there is none. */
export interface Wanted {
  readonly title: string;
  readonly fits: (mission: MissionDetail) => boolean;
  readonly none: string;
}

/** The mission a command is for: the one named, else the one in the panel, else the only one that fits, else the one picked. Undefined when there is none or the user backed out. */
export async function pickMission(
  parts: { readonly room: Room; readonly conversation: Conversation },
  named: unknown,
  { title, fits, none }: Wanted,
): Promise<MissionDetail | undefined> {
  const app = await parts.room.app();
  const fitting = (id: unknown): MissionDetail | undefined => {
    const mission = typeof id === "string" ? app.detail(id) : null;
    return mission !== null && fits(mission) ? mission : undefined;
  };
  const wanted = typeof named === "string" ? named : parts.conversation.open();
  const shown = fitting(wanted);
  if (shown !== undefined) return shown;
  const all =
    typeof named === "string"
      ? []
      : app
          .snapshot(null)
          .missions.flatMap(({ missionId }) => fitting(missionId) ?? []);
  if (all.length === 0) void vscode.window.showInformationMessage(none);
  if (all.length < 2) return all[0];
  const picked = await vscode.window.showQuickPick(
    all.map((mission) => ({
      label: mission.goal,
      description: mission.status,
      mission,
    })),
    { title },
  );
  return picked?.mission;
}
