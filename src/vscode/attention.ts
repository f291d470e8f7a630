import * as vscode from "vscode";
import type { App, NeedsYou } from "../app.ts";
import { dollars } from "../core/money.ts";
import { complain } from "./complain.ts";
import type { Conversation } from "./conversation.ts";
import type { Room } from "./room.ts";

/** Status bar, context keys, progress, and a notification only when the human is needed and not already looking. */
export function watchAttention(
  room: Room,
  conversation: Conversation,
): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    "roundtable.status",
    vscode.StatusBarAlignment.Left,
    50,
  );
  item.name = "Roundtable";
  item.command = "roundtable.showConversation";
  const told = new Set<string>();
  let progress: (() => void) | undefined;

  const update = (): void => {
    const app = room.peek();
    if (app === undefined) {
      item.hide();
      return;
    }
    const needs = app.needsYou();
    const { missions, stopped } = app.snapshot(null);
    const running = missions.filter(({ status }) => status === "running");
    const microUsd = missions.reduce((sum, line) => sum + line.microUsd, 0);
    const key = (name: string, value: boolean): void => {
      void vscode.commands.executeCommand(
        "setContext",
        `roundtable.${name}`,
        value,
      );
    };
    key(
      "waiting",
      needs.some(({ kind }) => kind === "ruling"),
    );
    key("running", running.length > 0);
    key("stopped", stopped);
    key(
      "stalled",
      missions.some(({ status }) => status === "stalled"),
    );
    key("hasMission", missions.length > 0);
    show(item, {
      stopped,
      needs: needs.length,
      running: running.length,
      microUsd,
    });
    if (running.length > 0 && progress === undefined) progress = showProgress();
    if (running.length === 0) {
      progress?.();
      progress = undefined;
    }
    for (const need of needs) notify(app, need, told, conversation);
  };

  const follow = room.onChange(update);
  update();
  return {
    dispose: () => {
      follow.dispose();
      progress?.();
      item.dispose();
    },
  };
}

function show(
  item: vscode.StatusBarItem,
  now: {
    readonly stopped: boolean;
    readonly needs: number;
    readonly running: number;
    readonly microUsd: number;
  },
): void {
  const parts = [
    now.stopped ? "$(debug-stop) stopped" : "",
    now.needs > 0 ? `$(bell-dot) ${String(now.needs)} for you` : "",
    now.needs === 0 && now.running > 0 ? "$(sync~spin) working" : "",
    now.microUsd > 0 ? dollars(now.microUsd) : "",
  ].filter((part) => part !== "");
  item.text = `$(organization) ${parts.join(" · ") || "Roundtable"}`;
  item.tooltip = "Roundtable: show the conversation";
  item.accessibilityInformation = {
    label: `Roundtable, ${String(now.needs)} waiting for you, ${String(now.running)} running, ${dollars(now.microUsd)} spent`,
  };
  item.backgroundColor =
    now.needs > 0
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
  item.show();
}

/** The view's own progress bar, until called. */
function showProgress(): () => void {
  let end: () => void = () => undefined;
  void vscode.window.withProgress(
    { location: { viewId: "roundtable.conversation" } },
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  return () => {
    end();
  };
}

function notify(
  app: App,
  need: NeedsYou,
  told: Set<string>,
  conversation: Conversation,
): void {
  const id =
    need.kind === "ruling" ? need.card.decisionId : need.card.permissionId;
  const name = `${need.card.missionId}/${id}`;
  if (told.has(name)) return;
  told.add(name);
  if (conversation.visible() && vscode.window.state.focused) return;
  const answer =
    need.kind === "ruling"
      ? askRuling(need.card)
      : askPermission(app, need.card);
  answer.catch(complain);
}

async function askRuling(
  card: Extract<NeedsYou, { kind: "ruling" }>["card"],
): Promise<void> {
  const canApprove = card.phase !== "blocked";
  const picked = await vscode.window.showInformationMessage(
    `${card.asks ?? card.title} ${card.because}`,
    ...(canApprove ? ["Approve"] : []),
    "Show",
  );
  if (picked === "Approve")
    await vscode.commands.executeCommand(
      "roundtable.approve",
      card.missionId,
      card.decisionId,
    );
  if (picked === "Show")
    await vscode.commands.executeCommand(
      "roundtable.showConversation",
      card.missionId,
    );
}

async function askPermission(
  app: App,
  card: Extract<NeedsYou, { kind: "permission" }>["card"],
): Promise<void> {
  const { missionId, permissionId, agentId, subject, why } = card;
  const picked = await vscode.window.showWarningMessage(
    `${agentId} asks: ${why} ${subject}`,
    "Allow Once",
    "Allow for This Mission",
    "Don't Allow",
  );
  const answer = ANSWERS[picked ?? ""];
  if (answer !== undefined)
    await app.perform(
      { kind: "permit", missionId, permissionId, answer },
      "human",
    );
}

const ANSWERS: Readonly<Record<string, "once" | "mission" | "no">> = {
  "Allow Once": "once",
  "Allow for This Mission": "mission",
  "Don't Allow": "no",
};
