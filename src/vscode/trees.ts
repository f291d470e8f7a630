import * as vscode from "vscode";
import type { App } from "../app.ts";
import { dollars } from "../core/money.ts";
import { trustLines, type TrustRow } from "../core/views/trust.ts";
import type { AgentLine, DecisionCard } from "../protocol/panel.ts";
import type { Conversation } from "./conversation.ts";
import type { Room } from "./room.ts";

/** The agents of the mission in the panel: what each does, on which model, at what cost. */
export function agentsTree(
  room: Room,
  conversation: Conversation,
): vscode.TreeDataProvider<AgentLine> {
  let trust: readonly TrustRow[] = [];
  return {
    onDidChangeTreeData: calmly(conversation.onChange),
    getChildren: async (agent) => {
      if (agent !== undefined) return [];
      const app = await opened(room);
      const id = conversation.open();
      trust = app?.trust() ?? [];
      return id === null ? [] : [...(app?.detail(id)?.agents ?? [])];
    },
    getTreeItem: (agent) => {
      const item = new vscode.TreeItem(agent.name);
      item.id = agent.agentId;
      item.description =
        agent.state === "working"
          ? agent.doing
          : agent.microUsd > 0
            ? dollars(agent.microUsd)
            : "";
      item.iconPath = new vscode.ThemeIcon(
        agent.state === "working" ? "sync~spin" : "account",
      );
      item.tooltip = new vscode.MarkdownString(
        [
          `**${agent.name}** (${agent.role})`,
          agent.lineage,
          `${String(agent.calls)} calls, ${dollars(agent.microUsd)}`,
          ...trustLines(trust, agent),
        ].join("\n\n"),
      );
      item.accessibilityInformation = {
        label: `${agent.name}, ${agent.state}${agent.doing ? `, ${agent.doing}` : ""}, ${dollars(agent.microUsd)}`,
      };
      item.contextValue = "agent";
      return item;
    },
  };
}

/** Decisions of all missions, newest first; those that wait for the human on top. */
export function decisionsTree(
  room: Room,
): vscode.TreeDataProvider<DecisionCard> {
  return {
    onDidChangeTreeData: calmly(room.onChange),
    getChildren: async (card) => {
      const app = await opened(room);
      if (card !== undefined || app === undefined) return [];
      const cards = app
        .snapshot(null)
        .missions.flatMap(({ missionId }) =>
          [...(app.detail(missionId)?.decisions ?? [])].reverse(),
        );
      return [
        ...cards.filter(({ asks }) => asks !== null),
        ...cards.filter(({ asks }) => asks === null),
      ];
    },
    getTreeItem: (card) => {
      const item = new vscode.TreeItem(card.title);
      item.id = `${card.missionId}/${card.decisionId}`;
      item.description = words(card);
      item.iconPath = icon(card);
      item.tooltip = new vscode.MarkdownString(
        [
          card.because,
          ...card.dissent.map(
            ({ agentId, reason }) => `- ${agentId}: ${reason}`,
          ),
        ].join("\n\n"),
      );
      item.contextValue = card.asks === null ? "decision" : "decisionWaiting";
      item.command = {
        title: "Show Conversation",
        command: "roundtable.showConversation",
        arguments: [card.missionId],
      };
      return item;
    },
  };
}

/** VS Code puts a refresh off while others follow; a mission at work would never show. So one comes every half second at most. */
export function calmly(event: vscode.Event<void>): vscode.Event<void> {
  return (listener, self, disposables) => {
    let due: NodeJS.Timeout | undefined;
    const heard = event(() => {
      due ??= setTimeout(() => {
        due = undefined;
        listener.call(self);
      }, CALM_MS);
    });
    const ends = new vscode.Disposable(() => {
      clearTimeout(due);
      heard.dispose();
    });
    disposables?.push(ends);
    return ends;
  };
}

const CALM_MS = 500;

/** The app; a tree that is looked at opens it. What keeps it from opening is said in the panel. */
function opened(room: Room): Promise<App | undefined> {
  return room.app().catch(() => undefined);
}

function words(card: DecisionCard): string {
  if (card.asks !== null) return "waits for you";
  if (card.ruling !== null)
    return {
      approve: "approved",
      overrule: "overruled",
      requestChanges: "changes requested",
      reject: "rejected",
    }[card.ruling.verdict];
  return card.phase === "voting" ? "voting" : `team: ${card.phase}`;
}

function icon(card: DecisionCard): vscode.ThemeIcon {
  if (card.asks !== null)
    return new vscode.ThemeIcon(
      "bell-dot",
      new vscode.ThemeColor("list.warningForeground"),
    );
  if (card.ruling?.verdict === "reject")
    return new vscode.ThemeIcon("circle-slash");
  switch (card.phase) {
    case "voting":
      return new vscode.ThemeIcon("mail");
    case "approved":
      return new vscode.ThemeIcon("pass");
    case "blocked":
      return new vscode.ThemeIcon("error");
    case "escalated":
      return new vscode.ThemeIcon("question");
  }
}
