import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { PeersDesk } from "../ports/peering.ts";
import type { PeersShown } from "../protocol/peers.ts";
import type { Disposes, Room } from "./room.ts";

/** Peering as the editor holds it: what there is to see of it, and the way to ask for something. It never opens the app by being looked at. */
export interface Peers extends Disposes {
  /** What there is to show; undefined while the app is not open. */
  shown(): PeersShown | undefined;
  /** Fires when that may have changed. */
  readonly onChange: vscode.Event<void>;
  /** Asks what a method `peers/…` does, as the person at the keyboard; opens the app if need be. Rejects with a `RoundtableError`. */
  ask(method: string, params: unknown): Promise<unknown>;
  /** What there is to show; opens the app if need be. */
  look(): Promise<PeersShown>;
}

/** How often something that says how much time is left is shown anew, ms. */
const TICK_MS = 20_000;

/** Follows the app's peering through openings and closings of the app. */
export function watchPeers(room: Room): Peers {
  const changed = new vscode.EventEmitter<void>();
  let followed: App | undefined;
  let unfollow: (() => void) | undefined;
  let tick: NodeJS.Timeout | undefined;

  const tell = (): void => {
    clearTimeout(tick);
    tick = undefined;
    const invitations = deskOf(room.peek())?.shown().invitations ?? [];
    if (invitations.length > 0) tick = setTimeout(tell, TICK_MS);
    changed.fire();
  };

  const follow = (): void => {
    const app = room.peek();
    if (app === followed) return;
    unfollow?.();
    followed = app;
    unfollow = deskOf(app)?.onChange(tell);
    tell();
  };

  const heard = room.onChange(follow);
  follow();
  const desk = async (): Promise<PeersDesk> => {
    const found = deskOf(await room.app());
    if (found === undefined) throw new Error("There is no peering here.");
    return found;
  };
  return {
    shown: () => deskOf(room.peek())?.shown(),
    onChange: changed.event,
    ask: async (method, params) => (await desk()).ask(method, params, "human"),
    look: async () => (await desk()).shown(),
    dispose: () => {
      clearTimeout(tick);
      unfollow?.();
      heard.dispose();
      changed.dispose();
    },
  };
}

function deskOf(app: App | undefined): PeersDesk | undefined {
  return (app as (App & { readonly peers?: PeersDesk }) | undefined)?.peers;
}
