import * as vscode from "vscode";
import { contextKeys } from "./attention.ts";
import type { Disposes } from "./room.ts";
import type { Peers } from "./peers.ts";
import { isLoopback } from "./peersWords.ts";

/** Shows in the status bar that this hub is shared, as long as it is, and keeps the context keys of menus in step with peering. */
export function watchSharing(peers: Peers): Disposes {
  const keys = contextKeys();
  let item: vscode.StatusBarItem | undefined;

  const update = (): void => {
    const shown = peers.shown();
    keys("sharing", shown?.listening !== undefined);
    keys(
      "hasPeers",
      shown?.peers.some(({ state }) => state !== "revoked") ?? false,
    );
    keys(
      "hasRevoked",
      shown?.peers.some(({ state }) => state === "revoked") ?? false,
    );
    keys("hasInvitation", (shown?.invitations.length ?? 0) > 0);
    keys(
      "pairing",
      shown?.pairings.some(({ waitsFor }) => waitsFor === "ours") ?? false,
    );
    keys(
      "peerTaskWaits",
      shown?.tasks.some(
        ({ direction, state }) => direction === "asked" && state === "waiting",
      ) ?? false,
    );
    keys("hasJob", shown?.rooms.some(({ kind }) => kind === "job") ?? false);
    if (shown?.listening === undefined) {
      item?.dispose();
      item = undefined;
      return;
    }
    item ??= create();
    const { host, port } = shown.listening;
    const here = shown.peers.filter(({ state }) => state === "connected");
    const count = here.length === 1 ? "1 peer" : `${String(here.length)} peers`;
    const open = !isLoopback(host);
    // Not by colour alone: themes of high contrast have none for it.
    item.text = `$(${open ? "globe" : "broadcast"}) Shared: ${count}`;
    item.tooltip = `This hub is shared at ${host}:${String(port)}${open ? ", on the network" : ", on this machine only"}. ${String(here.length)} connected.`;
    item.accessibilityInformation = {
      label: `Roundtable is shared ${open ? "on the network" : "on this machine"}, ${count} connected`,
    };
    item.backgroundColor = open
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
  };

  const follow = peers.onChange(update);
  update();
  return {
    dispose: () => {
      follow.dispose();
      item?.dispose();
    },
  };
}

function create(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem(
    "roundtable.sharing",
    vscode.StatusBarAlignment.Left,
    49,
  );
  item.name = "Roundtable: Sharing";
  item.command = "roundtable.peersMenu";
  item.show();
  return item;
}
