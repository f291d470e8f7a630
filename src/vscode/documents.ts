import * as vscode from "vscode";
import type { App } from "../app.ts";
import { planMarkdown } from "../core/plan.ts";
import { planVersionsMarkdown } from "../core/views/plans.ts";
import { statusMarkdown } from "../core/views/status.ts";
import type { DecisionCard, MissionDetail } from "../protocol/panel.ts";
import type { Disposes, Room } from "./room.ts";

/** Scheme of the read-only documents: plans, and both sides of a change. */
export const SCHEME = "roundtable";

/** Address of a mission's plan as a document. */
export function planUri(missionId: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    authority: missionId,
    path: "/Plan.md",
    query: "plan",
  });
}

/** Address of the hub's status as a document. */
export const STATUS_URI = vscode.Uri.from({
  scheme: SCHEME,
  authority: "hub",
  path: "/Hub Status.md",
  query: "status",
});

/** Address of one side of a changed file; both sides have the file's path, or VS Code would show a renaming. */
function sideUri(
  missionId: string,
  side: "before" | "after",
  path: string,
): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    authority: missionId,
    path: `/${path}`,
    query: side,
  });
}

/** Serves plans, the two sides of changes and the hub's status; plans and status refresh as the mission goes on. */
export function documentsOf(
  room: Room,
): vscode.TextDocumentContentProvider & Disposes {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const served = new Map<string, string>();
  /** Whether the status was ever shown; VS Code asks for what is shown only. */
  let statusServed = false;
  const follow = room.onChange(() => {
    if (statusServed) changed.fire(STATUS_URI);
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
      const { authority: missionId, query } = uri;
      const app = await room.app();
      if (query === "before" || query === "after")
        return app.fileOf(missionId, query, uri.path.slice(1));
      if (query === "status") {
        statusServed = true;
        return statusText(app);
      }
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

/** The status, and where a scraper or the terminal finds address and token. */
function statusText(app: App): string {
  const run = vscode.Uri.joinPath(vscode.Uri.file(app.logPlace), "..", "run");
  return [
    statusMarkdown(app.status()),
    `The address and the token of this hub are in the file of this process in \`${run.fsPath}\`; \`roundtable status --hub FILE\` and \`roundtable trace ID --hub FILE\` take it.`,
    "",
  ].join("\n");
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
    ...(mission.planVersions.length > 1
      ? ["# How it came to be", "", planVersionsMarkdown(mission.planVersions)]
      : []),
  ].join("\n");
}

function standing(card: DecisionCard): string {
  const lines = [
    `**${PHASE[card.phase]}** ${card.because}`,
    ...(card.dissent.length > 0 ? [""] : []),
    ...card.dissent.map(
      ({ agentId, reason }) =>
        `- Dissent, ${card.electors.find((elector) => elector.agentId === agentId)?.name ?? agentId}: ${reason}`,
    ),
  ];
  if (card.ruling !== null) lines.push("", ruled(card.ruling));
  return lines.join("\n");
}

function ruled({
  by,
  verdict,
  reason,
}: NonNullable<DecisionCard["ruling"]>): string {
  const who = by === "human" ? "You" : by;
  return `**${who} ${RULED[verdict]}.**${reason ? ` ${reason}` : ""}`;
}

const RULED = {
  approve: "approved it",
  overrule: "overruled the team",
  requestChanges: "asked for changes",
  reject: "rejected it",
} as const;

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
