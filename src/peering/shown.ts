import type { PeersShown } from "../protocol/peers.ts";
import type { Complaints } from "./complaints.ts";
import type { Links } from "./links/links.ts";
import type { Directory } from "./rooms/directory.ts";
import type { OpenRoom } from "./rooms/roomAtWork.ts";
import type { Cards } from "./talk/cards.ts";
import type { Reports } from "./talk/reports.ts";

/** Lines that a part of peering adds. */
export type Lines = () => Partial<Pick<PeersShown, "rooms" | "tasks">>;

interface Sources {
  readonly self: string;
  readonly name: string;
  readonly links: Links;
  readonly directory: Directory;
  readonly cards: Cards;
  readonly reports: Reports;
  readonly complaints: Complaints;
  readonly lines: readonly Lines[];
}

/** Everything about peering as it is now. */
export function showPeers(of: Sources): PeersShown {
  const { self, name, links, lines } = of;
  const listening = links.listening();
  const more = lines.map((read) => read());
  return {
    hubId: self,
    name,
    ...(listening && { listening: { ...listening } }),
    invitations: links
      .invitations()
      .map(({ invitationId, scopes, expiresAt }) => ({
        invitationId,
        scopes: [...scopes],
        expiresAt,
      })),
    pairings: [...links.pairings()],
    peers: links.peers().map((peer) => lineOf(peer, of)),
    rooms: roomsOf(
      of,
      more.flatMap(({ rooms = [] }) => rooms),
    ),
    tasks: more.flatMap(({ tasks = [] }) => tasks),
  };
}

type Line = PeersShown["peers"][number];

function lineOf(
  peer: ReturnType<Links["peers"]>[number],
  { self, links, directory, cards, reports, complaints }: Sources,
): Line {
  const { hubId, name, scopes, pairedAt, revoked } = peer;
  const link = links.link(hubId);
  const latencyMs = link?.latencyMs();
  const heardAt = links.heardAt(hubId);
  const report = reports.of(hubId);
  const problem =
    links.problem(hubId) ?? cards.problem(hubId) ?? complaints.of(hubId);
  const pair = directory
    .all()
    .find(
      ({ kind, members }) =>
        kind === "pair" && members.some((member) => member.hubId === hubId),
    );
  return {
    hubId,
    name,
    state: stateOf(revoked, link !== undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    scopes: [...scopes],
    theirs: [...links.theirs(hubId)],
    pairedAt,
    ...(heardAt !== undefined && { heardAt }),
    agents: cards.of(hubId).map((agent) => ({
      agentId: agent.agentId,
      name: agent.name,
      role: agent.role,
      description: agent.description,
      votes: agent.votes,
    })),
    ...(report && { report }),
    waiting: pair === undefined ? 0 : waitingIn(pair, self),
    ...(problem !== undefined && { problem }),
  };
}

function stateOf(revoked: boolean, isUp: boolean): Line["state"] {
  if (revoked) return "revoked";
  return isUp ? "connected" : "away";
}

/** What we said that the other one does not have, as far as known. */
function waitingIn(room: OpenRoom, self: string): number {
  let waiting = 0;
  for (const { envelope } of room.said().toReversed()) {
    if (envelope.origin !== self) continue;
    if (room.heldBy(self, envelope.seq) > 1) break;
    waiting += 1;
  }
  return waiting;
}

function roomsOf(
  { self, directory, links }: Sources,
  told: PeersShown["rooms"],
): PeersShown["rooms"] {
  const known = new Set(told.map(({ room }) => room));
  const plain = directory.all().flatMap((room) => {
    const { id, kind, home, title, members } = room;
    if (kind === "pair" || known.has(id)) return [];
    const holder = room.coordinator();
    const isClosed = room
      .said()
      .some(({ envelope }) => envelope.body.kind === "roomClosed");
    return [
      {
        ...{ room: id, kind, home, title },
        members: members.map(({ hubId, name }) => ({
          ...{ hubId, name },
          here: hubId === self || links.link(hubId) !== undefined,
        })),
        ...(holder && {
          coordinator: {
            ...holder,
            name:
              members.find(({ hubId }) => hubId === holder.hubId)?.name ?? "",
          },
        }),
        state: isClosed ? "closed" : "open",
      },
    ];
  });
  return [...told, ...plain];
}
