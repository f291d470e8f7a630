/** `hub --connect`: pairs this hub with another one of the same person on this machine, the way two people would. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findHub, readDiscovery, type Discovered } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import type { Scope } from "../protocol/peer.ts";
import { Shared, type Pairing } from "../protocol/peers.ts";
import { deskOf, until, type PeerDesk } from "./peerDesk.ts";
import { reposHome } from "./places.ts";

/** How long both hubs may take to meet, and to be connected, ms. */
const MEET_MS = 20_000;

/** A hub to connect to: its address, and its discovery file where that was named. */
export interface Target {
  readonly url: string;
  readonly tokenFile: string | undefined;
}

/** Reads `URL[=TOKENFILE][,URL…]`. Throws `bad-settings` for what is no address, and for any machine but this one. */
export function readTargets(list: string): readonly Target[] {
  return list.split(",").map((entry) => {
    const [given = "", ...rest] = entry.trim().split("=");
    const url = URL.canParse(given) ? new URL(given) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol))
      throw new RoundtableError(
        "bad-settings",
        `${JSON.stringify(given)} is no hub's address.`,
        "Nothing was started. Say --connect http://127.0.0.1:5001, as the other hub prints it.",
      );
    const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
    if (!isHere || url.protocol !== "http:")
      throw new RoundtableError(
        "bad-settings",
        `${url.origin} is not a hub of this machine.`,
        "Nothing was started. --connect is for hubs of your own on this machine; a teammate's hub needs an invitation: `roundtable share` there, `roundtable join` here.",
      );
    const tokenFile = rest.join("=");
    return {
      url: `http://127.0.0.1:${url.port || "80"}`,
      tokenFile: tokenFile === "" ? undefined : tokenFile,
    };
  });
}

/** The hub that listens there, by its discovery file, which must be this user's alone. Rejects with `hub-failed`. */
async function discover({ url, tokenFile }: Target): Promise<Discovered> {
  const found =
    tokenFile === undefined
      ? await search(url)
      : await readDiscovery(tokenFile);
  if (found?.url === url) return found;
  throw new RoundtableError(
    "hub-failed",
    found === undefined
      ? `No hub of yours runs at ${url}.`
      : `The hub of ${tokenFile ?? ""} listens at ${found.url}, not at ${url}.`,
    "Nothing was paired. Start that hub first, or name the discovery file it printed: --connect URL=FILE.",
  );
}

/** Among the hubs of all repositories that keep their discovery files where this program does. */
async function search(url: string): Promise<Discovered | undefined> {
  const home = reposHome();
  for (const repo of await names(home)) {
    const hubs = join(home, repo, "hubs");
    const places = [
      join(home, repo),
      ...(await names(hubs)).map((name) => join(hubs, name)),
    ];
    for (const place of places) {
      const hub = await findHub(join(place, "run"));
      if (hub?.url === url) return hub;
    }
  }
  return undefined;
}

async function names(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}

/**
 * Connects `here` with the hub of the target: an invitation is made there, taken here, the words of both are compared, and both say yes, each granting `scopes`.
 * Hubs that are paired already are left as they are. Resolves with the other's name once they are connected; rejects when `over` is aborted.
 */
export async function connectTo(
  here: PeerDesk,
  target: Target,
  scopes: readonly Scope[],
  over: AbortSignal,
): Promise<string> {
  const there = deskOf(await discover(target));
  const signal = AbortSignal.any([over, AbortSignal.timeout(MEET_MS)]);
  const other = await there.shown();
  const known = (await here.shown()).peers.find(
    (peer) => peer.hubId === other.hubId && peer.state !== "revoked",
  );
  if (known === undefined) await pair(here, there, scopes, signal);
  await waitFor(here, there, signal);
  return there.hub.name;
}

async function pair(
  here: PeerDesk,
  there: PeerDesk,
  scopes: readonly Scope[],
  signal: AbortSignal,
): Promise<void> {
  const { code } = Shared.parse(
    await there.ask("peers/share", { minutes: 1, scopes }),
  );
  const self = await hubIdOf(here);
  await here.ask("peers/join", { invitation: code, scopes });
  const other = await hubIdOf(there);
  const ours = await until(() => pairingWith(here, other), signal);
  const theirs = await until(() => pairingWith(there, self), signal);
  const same = ours.words.join(" ") === theirs.words.join(" ");
  const answers = [
    there.ask("peers/confirm", { pairingId: theirs.pairingId, same }),
    here.ask("peers/confirm", { pairingId: ours.pairingId, same }),
  ];
  await Promise.all(answers);
  if (!same)
    throw new RoundtableError(
      "peer-refused",
      `${there.hub.name} shows other words than this hub: somebody is in between.`,
      "Nothing was paired.",
    );
}

async function hubIdOf(desk: PeerDesk): Promise<string> {
  return (await desk.shown()).hubId;
}

async function pairingWith(
  desk: PeerDesk,
  hubId: string,
): Promise<Pairing | undefined> {
  const { pairings } = await desk.shown();
  return pairings.find((pairing) => pairing.hubId === hubId);
}

/** Both are connected and know what they may do at the other. */
async function waitFor(
  here: PeerDesk,
  there: PeerDesk,
  signal: AbortSignal,
): Promise<void> {
  const [ours, theirs] = [await hubIdOf(here), await hubIdOf(there)];
  const isThere = async (
    desk: PeerDesk,
    hubId: string,
  ): Promise<true | undefined> => {
    const peer = (await desk.shown()).peers.find((one) => one.hubId === hubId);
    return peer?.state === "connected" && peer.theirs.length > 0
      ? true
      : undefined;
  };
  try {
    await until(() => isThere(here, theirs), signal);
    await until(() => isThere(there, ours), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new RoundtableError(
      "peer-unreachable",
      `${there.hub.name} is paired with this hub, but they are not connected yet.`,
      "They go on trying; `roundtable peers` shows how they are.",
      { cause: error },
    );
  }
}
