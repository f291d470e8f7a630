import * as vscode from "vscode";
import type { Scope } from "../protocol/peer.ts";
import type { PeerLine } from "../protocol/peers.ts";
import type { Peers } from "./peers.ts";
import { plain, SCOPES, shortId, standing } from "./peersWords.ts";

/** Which peers a command is for, and what to say when there is none. */
export interface WantedPeer {
  readonly title: string;
  readonly fits: (peer: PeerLine) => boolean;
  readonly none: string;
}

/** The peer a command is for: the one named by its id, else the one picked of those that fit. Undefined when there is none or the user backed out. */
export async function pickPeer(
  peers: Peers,
  named: unknown,
  { title, fits, none }: WantedPeer,
): Promise<PeerLine | undefined> {
  const all = (await peers.look()).peers.filter(fits);
  if (typeof named === "string") {
    const known = all.find(({ hubId }) => hubId === named);
    if (known !== undefined) return known;
  }
  if (all.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    all.map((peer) => ({
      label: plain(peer.name, 64),
      description: standing(peer, Date.now()),
      detail: `Hub ${shortId(peer.hubId)}…`,
      peer,
    })),
    { title, placeHolder: "Which teammate's hub?" },
  );
  return picked?.peer;
}

/** What another hub may do here, ticked by the user; undefined when they backed out. `now` is ticked to begin with, the usual ones without it. */
export async function pickScopes(
  title: string,
  placeHolder: string,
  now?: readonly Scope[],
): Promise<readonly Scope[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    SCOPES.map(({ scope, name, means, usual }) => ({
      label: name,
      description: means,
      picked: now?.includes(scope) ?? usual,
      scope,
    })),
    {
      title,
      placeHolder,
      canPickMany: true,
      ignoreFocusOut: true,
      matchOnDescription: true,
    },
  );
  return picked?.map(({ scope }) => scope);
}

/** Shows that something is under way in a notification, until it is over. */
export function during<T>(title: string, act: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    act,
  );
}
