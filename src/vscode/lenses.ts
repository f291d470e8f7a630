import * as vscode from "vscode";
import type { DecisionCard } from "../protocol/panel.ts";
import { decisionOn, SCHEME } from "./documents.ts";
import type { Disposes, Room } from "./room.ts";
import { verdictsOn } from "./ruling.ts";

/** The documents that carry lenses: plans, not the sides of a change. */
export const PLANS: vscode.DocumentFilter = {
  scheme: SCHEME,
  pattern: "**/Plan.md",
};

/** Buttons over the plan while it waits for the human's word. */
export function lensesOf(room: Room): vscode.CodeLensProvider & Disposes {
  const changed = new vscode.EventEmitter<void>();
  const follow = room.onChange(() => {
    changed.fire();
  });
  return {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => {
      const { authority: missionId, query } = document.uri;
      if (query !== "plan") return [];
      const card = cardOn(room, missionId);
      const top = new vscode.Range(0, 0, 0, 0);
      const lens = (title: string, command: string): vscode.CodeLens =>
        new vscode.CodeLens(top, {
          title,
          command,
          arguments: [missionId, card?.decisionId],
        });
      const rulings =
        card?.asks == null
          ? []
          : verdictsOn(card).map((verdict) =>
              lens(TITLES[verdict], `roundtable.${verdict}`),
            );
      return [
        ...rulings,
        lens(
          "$(comment-discussion) Conversation",
          "roundtable.showConversation",
        ),
      ];
    },
    dispose: () => {
      follow.dispose();
      changed.dispose();
    },
  };
}

const TITLES = {
  approve: "$(check) Approve",
  requestChanges: "$(edit) Request Changes…",
  overrule: "$(law) Overrule the Team…",
  reject: "$(close) Reject",
} as const;

function cardOn(room: Room, missionId: string): DecisionCard | undefined {
  const mission = room.peek()?.detail(missionId);
  return mission?.plan == null
    ? undefined
    : decisionOn(mission, mission.plan.hash);
}
