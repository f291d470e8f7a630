import { RoundtableError } from "../core/errors.ts";
import type { PeerLine } from "../protocol/peers.ts";
import { until } from "./peerDesk.ts";
import type { Session } from "./session.ts";

/** How long the hubs of invited teammates may take to be connected, ms. */
const MEET_MS = 10_000;

/** The names after `--with`. Throws `bad-settings` when there are none. */
export function teammatesOf(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length > 0) return [...new Set(names)];
  throw new RoundtableError(
    "bad-settings",
    "--with names nobody.",
    "Nothing was started. Say the names of paired hubs, with commas between them; `roundtable peers` lists them.",
  );
}

/** Takes up the links of this session's own hub and waits until everybody who is named is there. Rejects with `peer-refused` for a stranger, `peer-unreachable` for who does not come in time. */
export async function meetTeammates(
  { app }: Pick<Session, "app">,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await app.peers.ask("peers/list", {}, "human");
  const find = (name: string): PeerLine | undefined =>
    app.peers
      .shown()
      .peers.find(
        (peer) =>
          (peer.name === name || peer.hubId === name) &&
          peer.state !== "revoked",
      );
  for (const name of names)
    if (find(name) === undefined)
      throw new RoundtableError(
        "peer-refused",
        `No hub called ${JSON.stringify(name)} is paired with this repository's.`,
        "Nothing was started. Start `roundtable hub` here and pair with `roundtable share` or `roundtable join`; a hub with a name of its own has peers of its own.",
      );
  const missing = (): readonly string[] =>
    names.filter((name) => {
      const peer = find(name);
      // What it lets us do comes right after the link opens.
      return peer?.state !== "connected" || peer.theirs.length === 0;
    });
  const signal = AbortSignal.timeout(MEET_MS);
  try {
    await until(
      () => Promise.resolve(missing().length === 0 ? true : undefined),
      signal,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new RoundtableError(
      "peer-unreachable",
      `Not connected within ${String(MEET_MS / 1000)} s: ${missing().join(", ")}.`,
      "Nothing was started. Ask for the hub there to be started, or leave it out.",
      { cause: error },
    );
  }
}
