import * as vscode from "vscode";
import type { PeersShown } from "../protocol/peers.ts";
import { complain, orComplain } from "./complain.ts";
import type { Peers } from "./peers.ts";
import { plain, scopeNames } from "./peersWords.ts";

/** Brings up what peering needs of the person here, each once: the words of a pairing, what became of it, and what a teammate asks for. */
export function watchPeerNeeds(peers: Peers): vscode.Disposable {
  const told = new Set<string>();
  /** Pairings that were open a moment ago, by id. */
  let before: ReadonlyMap<string, { hubId: string; name: string }> | undefined;
  let asking = false;

  const look = (): void => {
    const shown = peers.shown();
    if (shown === undefined) {
      before = undefined;
      return;
    }
    for (const [pairingId, pairing] of before ?? [])
      if (!shown.pairings.some((one) => one.pairingId === pairingId))
        ended(shown, pairing).catch(complain);
    before = new Map(shown.pairings.map((one) => [one.pairingId, one]));
    askForWords(shown);
    for (const task of shown.tasks) {
      const waits = task.direction === "asked" && task.state === "waiting";
      if (!waits || told.has(task.taskId)) continue;
      told.add(task.taskId);
      void orComplain(async () => {
        const { tellTask } = await import("./peersTasks.ts");
        await tellTask(peers, task);
      });
    }
  };

  const askForWords = ({ pairings }: PeersShown): void => {
    const next = pairings.find(
      ({ waitsFor, pairingId }) => waitsFor === "ours" && !told.has(pairingId),
    );
    // One dialog at a time; VS Code would stack them.
    if (next === undefined || asking) return;
    told.add(next.pairingId);
    asking = true;
    void orComplain(async () => {
      const { confirmPairing } = await import("./peersJoin.ts");
      await confirmPairing(peers, next.pairingId);
    }).finally(() => {
      asking = false;
      look();
    });
  };

  const follow = peers.onChange(look);
  look();
  return follow;
}

/** A pairing is over: whether it made a peer, and what that may do. */
async function ended(
  { peers }: PeersShown,
  pairing: { readonly hubId: string; readonly name: string },
): Promise<void> {
  const peer = peers.find(
    ({ hubId, state }) => hubId === pairing.hubId && state !== "revoked",
  );
  if (peer === undefined) {
    void vscode.window.showWarningMessage(
      `Not paired with ${plain(pairing.name, 64)}: somebody said no, or nobody answered in time. Nothing of it was kept; a new invitation can be made.`,
    );
    return;
  }
  const picked = await vscode.window.showInformationMessage(
    `Paired with ${plain(peer.name, 64)}. It may do here: ${scopeNames(peer.scopes)}.`,
    "Show Peers",
    "Change Scopes…",
  );
  if (picked === "Show Peers")
    await vscode.commands.executeCommand("roundtable.peers.focus");
  else if (picked !== undefined)
    await vscode.commands.executeCommand(
      "roundtable.changePeerScopes",
      peer.hubId,
    );
}
