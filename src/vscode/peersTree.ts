import * as vscode from "vscode";
import type { PeerLine, PeersShown } from "../protocol/peers.ts";
import type { Peers } from "./peers.ts";
import { lookOf, type PeersNode } from "./peersLooks.ts";
import { ago, isNothing, plain, scopeNames } from "./peersWords.ts";
import { calmly } from "./trees.ts";

/** Teammates' hubs: where this hub is shared, who waits to be paired, every peer with what it may do, and what is done together. Empty until there is something. */
export function peersTree(peers: Peers): vscode.TreeDataProvider<PeersNode> {
  return {
    onDidChangeTreeData: calmly(peers.onChange),
    getChildren: (node) => {
      const shown = peers.shown();
      if (node !== undefined) return below(node);
      return shown === undefined || isNothing(shown) ? [] : roots(shown);
    },
    getTreeItem: item,
  };
}

function roots(shown: PeersShown): PeersNode[] {
  const { pairings, peers, rooms, tasks } = shown;
  return [
    { peersNode: "hub", shown },
    ...pairings.map((pairing) => ({ peersNode: "pairing", pairing }) as const),
    ...peers.map((peer) => ({ peersNode: "peer", peer }) as const),
    ...(rooms.length > 0 ? [{ peersNode: "rooms", rooms } as const] : []),
    ...(tasks.length > 0 ? [{ peersNode: "tasks", tasks } as const] : []),
  ];
}

function below(node: PeersNode): PeersNode[] {
  switch (node.peersNode) {
    case "hub":
      return node.shown.invitations.map((invitation) => ({
        peersNode: "invitation",
        invitation,
      }));
    case "peer":
      return factsOf(node.peer);
    case "rooms":
      return node.rooms.map((room) => ({ peersNode: "room", room }));
    case "tasks":
      return node.tasks.map((task) => ({ peersNode: "task", task }));
    default:
      return [];
  }
}

function factsOf(peer: PeerLine): PeersNode[] {
  const fact = (
    icon: string,
    label: string,
    description = "",
    more: { readonly tone?: string; readonly tooltip?: string } = {},
  ) => ({ icon, label, description, ...more });
  const { report } = peer;
  const facts = [
    ...(peer.problem === undefined
      ? []
      : [
          fact("warning", plain(peer.problem), "", {
            tone: "list.warningForeground",
            tooltip: peer.problem,
          }),
        ]),
    fact("arrow-down", "May do here", scopeNames(peer.scopes)),
    fact("arrow-up", "We may do there", scopeNames(peer.theirs)),
    ...peer.agents.map(({ agentId, name, role, description, votes }) =>
      fact(
        votes ? "account" : "comment",
        plain(name, 64),
        `${plain(role, 64)}${votes ? ", votes" : ""}`,
        { tooltip: `${agentId}: ${description}` },
      ),
    ),
    ...(report === undefined
      ? []
      : [
          fact(
            "pulse",
            "Report",
            `${String(report.missions.open)} missions open, ${ago(report.at, Date.now())}`,
          ),
        ]),
    ...(peer.waiting === 0
      ? []
      : [fact("mail", "Waiting for it", `${String(peer.waiting)} messages`)]),
  ];
  return facts.map((one, place) => ({
    peersNode: "fact",
    id: `${peer.hubId}/${String(place)}`,
    ...one,
  }));
}

function item(node: PeersNode): vscode.TreeItem {
  const look = lookOf(node);
  const tree = new vscode.TreeItem(
    look.label,
    vscode.TreeItemCollapsibleState[
      look.open === undefined
        ? "None"
        : look.open === "expanded"
          ? "Expanded"
          : "Collapsed"
    ],
  );
  tree.id = look.id;
  tree.description = look.description;
  tree.iconPath = new vscode.ThemeIcon(
    look.icon,
    look.tone === undefined ? undefined : new vscode.ThemeColor(look.tone),
  );
  // A string is shown as it is: nothing in it from another hub is read as Markdown.
  tree.tooltip = look.tooltip.join("\n");
  tree.contextValue = look.kind;
  tree.accessibilityInformation = {
    label: [look.label, look.description].filter(Boolean).join(", "),
  };
  if (look.command !== undefined) tree.command = look.command;
  return tree;
}
