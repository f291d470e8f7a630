import * as vscode from "vscode";
import { planMarkdown } from "../core/plan.ts";
import type { DecisionCard, MissionDetail } from "../protocol/panel.ts";
import type { Disposes, Room } from "./room.ts";

/** Scheme of the read-only documents: plans, and both sides of a change. */
export const SCHEME = "roundtable";

/** Address of a mission's plan as a document. */
export function planUri(missionId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${missionId}/Plan.md` });
}

/** Address of one side of a changed file. */
export function sideUri(
  missionId: string,
  side: "before" | "after",
  path: string,
): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${missionId}/${side}/${path}`,
  });
}

/** Serves plans and the two sides of changes; plans refresh as the mission goes on. */
export function documentsOf(
  room: Room,
): vscode.TextDocumentContentProvider & Disposes {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const served = new Map<string, string>();
  const follow = room.onChange(() => {
    for (const [missionId, last] of served) {
      const now = planText(room.peek()?.detail(missionId) ?? null);
      if (now === last) continue;
      served.set(missionId, now);
      changed.fire(planUri(missionId));
    }
  });
  return {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const [, missionId = "", kind = "", ...path] = uri.path.split("/");
      const app = await room.app();
      if (kind === "before" || kind === "after")
        return app.fileOf(missionId, kind, path.join("/"));
      const text = planText(app.detail(missionId));
      served.set(missionId, text);
      return text;
    },
    dispose: () => {
      follow.dispose();
      changed.dispose();
    },
  };
}

function planText(mission: MissionDetail | null): string {
  if (mission?.plan == null) return "There is no plan yet.\n";
  const { plan, version, hash } = mission.plan;
  const card = decisionOn(mission, hash);
  return [
    `# Plan, version ${String(version)}`,
    "",
    `> ${mission.goal.split("\n").join("\n> ")}`,
    "",
    ...(card === undefined ? [] : [standing(card), ""]),
    planMarkdown(plan),
  ].join("\n");
}

function standing(card: DecisionCard): string {
  const lines = [
    `**${PHASE[card.phase]}** ${card.because}`,
    ...card.dissent.map(
      ({ agentId, reason }) => `- Dissent, ${agentId}: ${reason}`,
    ),
  ];
  if (card.ruling !== null)
    lines.push(
      "",
      `Ruled by ${card.ruling.by}: ${card.ruling.verdict}${card.ruling.reason ? ` (${card.ruling.reason})` : ""}.`,
    );
  return lines.join("\n");
}

const PHASE = {
  voting: "The team is voting.",
  approved: "The team approves.",
  blocked: "The team blocks.",
  escalated: "The team could not decide.",
} as const;

/** The latest decision on one artifact. */
export function decisionOn(
  mission: MissionDetail,
  artifactHash: string,
): DecisionCard | undefined {
  return mission.decisions.findLast(
    (card) => card.artifactHash === artifactHash,
  );
}

/** Opens the mission's change as one multi-file diff. */
export async function openChange(mission: MissionDetail): Promise<void> {
  const { change, missionId } = mission;
  if (change === null) return;
  const resources = change.files.map(({ path, status }) => [
    vscode.Uri.joinPath(vscode.Uri.file(mission.repoRoot), path),
    status === "added" ? undefined : sideUri(missionId, "before", path),
    status === "deleted" ? undefined : sideUri(missionId, "after", path),
  ]);
  await vscode.commands.executeCommand(
    "vscode.changes",
    `Change ${change.tree.slice(0, 8)}`,
    resources,
  );
}
