/** Who of other hubs votes in a mission, by invitation. */
import { RoundtableError } from "../../core/errors.ts";
import type { Elector } from "../../protocol/consensus.ts";
import type { PublishedAgent } from "../../protocol/peer.ts";
import type { PinnedPeer } from "../link.ts";
import type { PeeringTable } from "../rooms.ts";
import { electorIdOf } from "./names.ts";

/** Agents of one hub in an electorate. */
const MAX_OF_A_HUB = 16;

/** What is known of peers. */
export interface InviteParts {
  readonly table: Pick<PeeringTable, "peers" | "theirs" | "isConnected">;
  /** Agents of a peer whose cards are trusted. */
  readonly agents: (hubId: string) => readonly PublishedAgent[];
}

/**
 * The electors that peers, named by hub id or by name, send into a mission: their published agents that vote. `weigh` gives what one weighs.
 * Whoever is not connected now is simply absent. Rejects with `peer-refused` for a stranger, for a peer that may not vote here, that does not
 * let us ask, or that shows no agent that votes; then nothing was started.
 */
export function inviteElectors(
  named: readonly string[],
  { table, agents }: InviteParts,
  weigh: (lineage: string, role: string) => number,
): readonly Elector[] {
  const peers = [
    ...new Map(
      named
        .map((name) => peerNamed(name, table.peers()))
        .map((peer) => [peer.hubId, peer] as const),
    ).values(),
  ];
  const electors = peers.flatMap((peer) => {
    mustMayVote(peer, table);
    const voters = agents(peer.hubId).filter(({ votes }) => votes);
    if (voters.length === 0)
      throw refused(
        `${peer.name} shows no agent that votes.`,
        "Nothing was started. Ask your teammate which agents it publishes, or start without it.",
      );
    return voters
      .slice(0, MAX_OF_A_HUB)
      .map(({ agentId, role, name, lineage }): Elector => ({
        agentId: electorIdOf(agentId, peer.hubId),
        role,
        name: `${name} (${peer.name})`,
        lineage,
        hub: peer.hubId,
        weight: weigh(lineage, role),
      }));
  });
  if (new Set(electors.map(({ agentId }) => agentId)).size < electors.length)
    throw refused(
      "Two of these peers cannot be told apart by the beginning of their ids.",
      "Nothing was started. Invite only one of them.",
    );
  return electors;
}

function peerNamed(name: string, peers: readonly PinnedPeer[]): PinnedPeer {
  const wanted = name.trim().toLowerCase();
  const found = peers.filter(
    (peer) => peer.hubId === wanted || peer.name.toLowerCase() === wanted,
  );
  const [one, other] = found;
  if (one === undefined)
    throw refused(
      `No hub called ${JSON.stringify(name)} is paired with this one.`,
      "Nothing was started. `roundtable peers` lists those that are; connect to it first.",
    );
  if (other !== undefined)
    throw refused(
      `${String(found.length)} peers are called ${JSON.stringify(name)}.`,
      "Nothing was started. Name it by its id; `roundtable peers --json` has it.",
    );
  return one;
}

function mustMayVote(
  { hubId, name, scopes }: PinnedPeer,
  table: InviteParts["table"],
): void {
  for (const scope of ["observe", "vote"] as const)
    if (!scopes.includes(scope))
      throw refused(
        `${name} may not ${scope === "vote" ? "vote" : "see missions"} here.`,
        `Nothing was started. Grant it “${scope}” in the list of teammates (\`roundtable peers scopes\`), then start again.`,
      );
  const theirs = table.theirs(hubId);
  if (!table.isConnected(hubId) || theirs.length === 0) return;
  for (const scope of ["message", "vote"])
    if (!theirs.includes(scope))
      throw refused(
        `${name} does not let this hub ${scope === "vote" ? "ask its agents for ballots" : "invite it to missions"}.`,
        `Nothing was started. Ask your teammate to grant this hub “${scope}”, or start without it.`,
      );
}

function refused(message: string, next: string): RoundtableError {
  return new RoundtableError("peer-refused", message, next);
}
