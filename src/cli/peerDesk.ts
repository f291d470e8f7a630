import { setTimeout as pause } from "node:timers/promises";
import { callHub, type Discovered } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import { Scope } from "../protocol/peer.ts";
import { PeersShown, type PeerLine } from "../protocol/peers.ts";
import { runningHub, type HubChoice } from "./runningHub.ts";

/** How often a hub is asked while something is waited for, ms. */
const LOOK_MS = 200;

/** A running hub's peering, as its owner asks for it. */
export interface PeerDesk {
  readonly hub: Discovered;
  /** A method `peers/…`. Rejects with `hub-failed`. */
  ask(method: string, params?: unknown): Promise<unknown>;
  shown(): Promise<PeersShown>;
}

/** The peering of the hub a command is about. Rejects with `hub-failed` when none runs. */
export async function peerDesk(choice: HubChoice): Promise<PeerDesk> {
  return deskOf(await runningHub(choice));
}

/** The peering of a hub that was found. */
export function deskOf(hub: Discovered): PeerDesk {
  const ask = (method: string, params: unknown = {}): Promise<unknown> =>
    callHub(hub, method, params);
  return {
    hub,
    ask,
    shown: async () => PeersShown.parse(await ask("peers/list")),
  };
}

/** What `look` finds, looking again and again until it finds something; rejects with the signal's reason. */
export async function until<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await pause(LOOK_MS, undefined, { signal });
  }
}

/** The peer of that name or id. Rejects with `bad-settings` where there is none, or more than one. */
export async function peerNamed(
  desk: PeerDesk,
  name: string,
): Promise<PeerLine> {
  const { peers } = await desk.shown();
  const [one, another] = peers.filter(
    (peer) => peer.hubId === name || peer.name === name,
  );
  if (one !== undefined && another === undefined) return one;
  throw new RoundtableError(
    "bad-settings",
    one === undefined
      ? `${desk.hub.name} has no peer called ${JSON.stringify(name)}.`
      : `Two peers of ${desk.hub.name} are called ${JSON.stringify(name)}.`,
    one === undefined
      ? "Nothing was changed. `roundtable peers` lists them."
      : "Nothing was changed. Say its id; `roundtable peers --json` has it.",
  );
}

/** Scopes from a list with commas; `none` is none. Throws `bad-settings`. */
export function scopesOf(list: string): readonly Scope[] {
  const words = list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "" && word !== "none");
  const parsed = Scope.array().safeParse([...new Set(words)]);
  if (parsed.success && (words.length > 0 || list.trim() === "none"))
    return parsed.data;
  throw new RoundtableError(
    "bad-settings",
    `${JSON.stringify(list)} is no list of scopes.`,
    `Nothing was changed. Say some of ${Scope.options.join(", ")}, with commas between them, or none.`,
  );
}
