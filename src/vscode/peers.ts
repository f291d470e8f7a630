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
  /** Opens the app if this hub was shared, or had peers, when this workspace was last open: they may call, and expect to be called. */
  resume(): Promise<void>;
}

/** Key of the workspace state that says this hub was shared, or had peers, when the window closed. */
const PEERING_KEY = "roundtable.peering";
/** How often something that says how much time is left is shown anew, ms. */
const TICK_MS = 20_000;

/** Follows the app's peering through openings and closings of the app. */
export function watchPeers(room: Room, state: vscode.Memento): Peers {
  const changed = new vscode.EventEmitter<void>();
  let followed: App | undefined;
  let unfollow: (() => void) | undefined;
  let tick: NodeJS.Timeout | undefined;
  let wasPeering = state.get(PEERING_KEY) === true;

  const tell = (): void => {
    clearTimeout(tick);
    tick = undefined;
    const invitations = room.peek()?.peers.shown().invitations ?? [];
    if (invitations.length > 0) tick = setTimeout(tell, TICK_MS);
    changed.fire();
  };

  const heard = (): void => {
    const shown = room.peek()?.peers.shown();
    const peering = shown !== undefined && isPeering(shown);
    if (shown !== undefined && peering !== wasPeering) {
      wasPeering = peering;
      void state.update(PEERING_KEY, peering);
    }
    tell();
  };

  const follow = (): void => {
    const app = room.peek();
    if (app === followed) return;
    unfollow?.();
    followed = app;
    unfollow = app?.peers.onChange(heard);
    tell();
  };

  const opened = room.onChange(follow);
  follow();
  const desk = async (): Promise<PeersDesk> => (await room.app()).peers;
  return {
    shown: () => room.peek()?.peers.shown(),
    onChange: changed.event,
    ask: async (method, params) => (await desk()).ask(method, params, "human"),
    // Unlike what is shown, the answer waits for links that are still being taken up.
    look: async () =>
      (await (await desk()).ask("peers/list", {}, "human")) as PeersShown,
    resume: async () => {
      if (wasPeering) await room.app();
    },
    dispose: () => {
      clearTimeout(tick);
      unfollow?.();
      opened.dispose();
      changed.dispose();
    },
  };
}

/** Whether this hub is shared, or has peers that it talks to. */
function isPeering({ listening, peers }: PeersShown): boolean {
  return (
    listening !== undefined || peers.some(({ state }) => state !== "revoked")
  );
}
