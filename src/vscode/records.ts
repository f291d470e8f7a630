import * as vscode from "vscode";
import { orComplain } from "./complain.ts";
import type { Conversation } from "./conversation.ts";
import { pickMission } from "./missions.ts";
import { openFile } from "./openFile.ts";
import type { Disposes, Room } from "./room.ts";

/** Offers to put an answer on record when a question ends with one that was approved, once for each. */
export function offerRecords(room: Room): Disposes {
  const startedAt = Date.now();
  const offered = new Set<string>();
  return room.onChange(() => {
    const answered = room
      .peek()
      ?.snapshot(null)
      .missions.find(
        ({ missionId, kind, outcome, closedAt }) =>
          kind === "question" &&
          outcome?.kind === "answered" &&
          (closedAt ?? 0) >= startedAt &&
          !offered.has(missionId),
      );
    if (answered === undefined) return;
    const { missionId } = answered;
    offered.add(missionId);
    void orComplain(async () => {
      const picked = await vscode.window.showInformationMessage(
        "The answer is approved. Put it on record as a file of the repository?",
        SAVE,
      );
      if (picked === SAVE) await save(room, missionId);
    });
  });
}

const SAVE = "Save Decision Record";

/** Puts the approved answer of a question on record and opens the file: of the mission named, the one in the panel, or one that is picked. */
export async function saveDecisionRecord(
  parts: { readonly room: Room; readonly conversation: Conversation },
  named: unknown,
): Promise<void> {
  const mission = await pickMission(parts, named, {
    title: "Which answer?",
    fits: ({ kind, outcome }) =>
      kind === "question" && outcome?.kind === "answered",
    none: "No answer was approved yet. Ask the team a question first.",
  });
  if (mission !== undefined) await save(parts.room, mission.missionId);
}

async function save(room: Room, missionId: string): Promise<void> {
  const app = await room.app();
  await app.perform({ kind: "recordDecision", missionId }, "human");
  const path = app.detail(missionId)?.record ?? null;
  if (path !== null) await openFile(room, missionId, path, 0);
}
